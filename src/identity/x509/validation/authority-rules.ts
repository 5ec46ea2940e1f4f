import { toTimestamp } from '../../../base/clock.ts';
import { quote } from '../../../base/fault.ts';
import type { Certificate } from '../certificate.ts';
import { ANY_USAGE, CLIENT_AUTH, SERVER_AUTH, USAGE } from '../extensions/index.ts';
import { refuseCertificate } from './refusal.ts';

/** A certificate on the way from a leaf to a trust bundle, and what to call it in faults. */
export interface Step {
  readonly certificate: Certificate;
  readonly whose: string;
}

export interface Times {
  /** Milliseconds since 1970. */
  readonly now: number;
  readonly clockSkewSeconds: number;
}

/** @throws {Fault} `…/expired`, `…/not-yet-valid`, `…/validity`
 *  @see RFC 5280 §4.1.2.5 */
export function judgeTimes({ certificate, whose }: Step, { now, clockSkewSeconds }: Times): void {
  const { notBefore, notAfter } = certificate;
  const skew = clockSkewSeconds * 1_000;
  if (notAfter < notBefore) {
    throw refuseCertificate('validity', whose, 'ends before it begins');
  }
  if (now > notAfter + skew) {
    const hint = 'renew it, and compare the clocks of both machines';
    throw refuseCertificate('expired', whose, `expired at ${toTimestamp(notAfter)}`, hint);
  }
  if (now < notBefore - skew) {
    const hint = 'compare the clocks of both machines';
    throw refuseCertificate('not-yet-valid', whose, `begins at ${toTimestamp(notBefore)}`, hint);
  }
}

/** No extension may be critical that is not understood.
 *  @throws {Fault} `…/critical-extension`
 *  @see RFC 5280 §4.2 */
export function judgeUnknown({ certificate, whose }: Step): void {
  const unknown = certificate.extensions.unknown.find(({ isCritical }) => isCritical);
  if (unknown) {
    const why = `has the critical extension ${unknown.oid}, which is not understood`;
    throw refuseCertificate('critical-extension', whose, why);
  }
}

/** What is demanded of a certificate that signs others, `below` authorities standing between it and
 *  the leaf.
 *  @throws {Fault} `identity/certificate-invalid/…`
 *  @see X509-SVID §3.2, §4; RFC 5280 §4.2.1.9, §6.1.4 */
export function judgeAuthority(step: Step, below: number): void {
  const { certificate, whose } = step;
  const { basicConstraints, keyUsage, extendedKeyUsage, names } = certificate.extensions;
  if (!basicConstraints?.isAuthority) {
    const why = 'signs another certificate without being a signing authority (cA is not true)';
    throw refuseCertificate('not-authority', whose, why);
  }
  if (keyUsage === undefined) {
    throw refuseCertificate('authority-key-usage-missing', whose, 'has no key usage');
  }
  if (!keyUsage.bits.has(USAGE.keyCertSign)) {
    const why = 'signs another certificate without the key usage for it (keyCertSign)';
    throw refuseCertificate('no-cert-sign', whose, why);
  }
  const { pathLength } = basicConstraints;
  if (pathLength !== undefined && below > pathLength) {
    const why = `allows ${pathLength} authorities below it, and ${below} stand there`;
    throw refuseCertificate('path-length', whose, why);
  }
  if (extendedKeyUsage && !isForBoth(extendedKeyUsage)) {
    const why =
      'has an extended key usage without serverAuth and clientAuth, which holds for all below';
    throw refuseCertificate('authority-usage', whose, why);
  }
  const named = names?.uris.find((uri) => /^spiffe:\/\/[^/]*\/./.test(uri));
  if (named !== undefined) {
    const why = `signs another certificate, and names the workload ${quote(named)}`;
    throw refuseCertificate('authority-names-workload', whose, why);
  }
}

const isForBoth = (usages: readonly string[]): boolean =>
  usages.includes(ANY_USAGE) || (usages.includes(SERVER_AUTH) && usages.includes(CLIENT_AUTH));
