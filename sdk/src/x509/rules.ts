import { quote } from '../error.ts';
import type { Certificate } from './certificate.ts';
import {
  ANY_USAGE,
  CLIENT_AUTH,
  type GeneralName,
  NAME_KIND,
  SERVER_AUTH,
  USAGE,
} from './extensions.ts';
import { isEmptyName } from './leaf.ts';
import { refuseCertificate, toTimestamp } from './refusal.ts';

/** A certificate on the way from a leaf to a trust bundle, and what to call it in errors. */
export interface Step {
  readonly certificate: Certificate;
  readonly whose: string;
}

export interface Times {
  /** Milliseconds since 1970. */
  readonly now: number;
  /** How far clocks may differ. */
  readonly clockSkewMs: number;
}

/** @throws {ReeveError} `certificate/expired`, `…/not-yet-valid`, `…/validity`
 *  @see RFC 5280 §4.1.2.5 */
export function judgeTimes({ certificate, whose }: Step, { now, clockSkewMs }: Times): void {
  const { notBefore, notAfter } = certificate;
  if (notAfter < notBefore) {
    throw refuseCertificate('validity', whose, 'ends before it begins');
  }
  if (now > notAfter + clockSkewMs) {
    const hint = 'renew it, and compare the clocks of both machines';
    throw refuseCertificate('expired', whose, `expired at ${toTimestamp(notAfter)}`, hint);
  }
  if (now < notBefore - clockSkewMs) {
    const hint = 'compare the clocks of both machines';
    throw refuseCertificate('not-yet-valid', whose, `begins at ${toTimestamp(notBefore)}`, hint);
  }
}

/** No extension may be critical that is not understood.
 *  @throws {ReeveError} `certificate/critical-extension`
 *  @see RFC 5280 §4.2 */
export function judgeUnknown({ certificate, whose }: Step): void {
  const unknown = certificate.extensions.criticalUnknown;
  if (unknown === undefined) return;
  const why = `has the critical extension ${unknown}, which is not understood`;
  throw refuseCertificate('critical-extension', whose, why);
}

/** What is demanded of a certificate that signs others, `below` authorities standing between it and
 *  the leaf.
 *  @throws {ReeveError} `certificate/…`
 *  @see X509-SVID §3.2, §4; RFC 5280 §4.2.1.9, §6.1.4 */
export function judgeAuthority({ certificate, whose }: Step, below: number): void {
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

/** Whether a name lies in a subtree, for the kinds that are understood. */
const LIES_IN: Readonly<Record<number, (name: string, root: string) => boolean>> = {
  [NAME_KIND.uri]: (uri, root) => {
    const host = /^[^:]+:\/\/([^/]*)/.exec(uri)?.[1] ?? '';
    return root.startsWith('.') ? host.endsWith(root) && host !== root : host === root;
  },
  [NAME_KIND.dns]: (name, root) => {
    const [below, above] = [name.toLowerCase(), root.toLowerCase().replace(/^\./, '')];
    return above === '' || below === above || below.endsWith(`.${above}`);
  },
};

/** What an authority's name constraints say of a certificate below it. Where they speak of a kind of
 *  name that is not understood here, and the certificate has one, it is refused.
 *  @throws {ReeveError} `certificate/name-not-permitted`, `…/name-excluded`, `…/name-constraint-unknown`
 *  @see RFC 5280 §4.2.1.10 */
export function judgeNamesBelow(authority: Step, below: Step): void {
  const constraints = authority.certificate.extensions.nameConstraints;
  if (constraints === undefined) return;
  for (const { kind, text } of namesOf(below.certificate)) {
    const ofKind = (subtree: GeneralName) => subtree.kind === kind;
    const permitted = constraints.permitted.filter(ofKind);
    const excluded = constraints.excluded.filter(ofKind);
    if (permitted.length + excluded.length === 0) continue;
    const liesIn = LIES_IN[kind];
    if (liesIn === undefined) {
      const why = `has a name of a kind that ${authority.whose} limits in a way that is not understood`;
      throw refuseCertificate('name-constraint-unknown', below.whose, why);
    }
    if (excluded.some((subtree) => liesIn(text, subtree.text))) {
      const why = `has the name ${quote(text)}, which ${authority.whose} excludes`;
      throw refuseCertificate('name-excluded', below.whose, why);
    }
    if (permitted.length > 0 && !permitted.some((subtree) => liesIn(text, subtree.text))) {
      const why = `has the name ${quote(text)}, which ${authority.whose} does not permit`;
      throw refuseCertificate('name-not-permitted', below.whose, why);
    }
  }
}

function namesOf({ subject, extensions: { names } }: Certificate): GeneralName[] {
  return [
    ...(names?.uris ?? []).map((text) => ({ kind: NAME_KIND.uri, text })),
    ...(names?.dnsNames ?? []).map((text) => ({ kind: NAME_KIND.dns, text })),
    ...(names?.others ?? []).map((kind) => ({ kind, text: '' })),
    ...(isEmptyName(subject) ? [] : [{ kind: NAME_KIND.directory, text: '' }]),
  ];
}
