import { quote } from '../../../base/fault.ts';
import type { BundleFinder, SpiffeId } from '../../spiffe/verifier.ts';
import { type Certificate, readCertificate } from '../certificate.ts';
import { authoritiesOf, readOnce } from './authorities.ts';
import { judgeAuthority, judgeTimes, judgeUnknown, type Step } from './authority-rules.ts';
import { judgeLeaf, LEAF } from './leaf.ts';
import { judgeNamesBelow } from './name-rules.ts';
import { findPath } from './path.ts';
import { refuseCertificate } from './refusal.ts';

/** What a chain is judged by. */
export interface SvidValidation {
  /** Trust bundles; only that of the leaf's own trust domain is asked for. */
  readonly bundleOf: BundleFinder;
  /** Intermediate authorities that are known, and that the peer may leave out. */
  readonly intermediates?: readonly Step[];
  /** Milliseconds since 1970. */
  readonly now: number;
  /** How far clocks may differ; a minute if undefined. */
  readonly clockSkewSeconds?: number;
  /** Authorities that must no longer be believed, though their time is not over. */
  readonly isTainted?: (authority: Certificate) => boolean;
  /** Workloads that are shut out at once. */
  readonly isDenied?: (id: SpiffeId, leaf: Certificate) => boolean;
  /** Why a certificate that `issuer` signed is revoked, in words; undefined where it is not. May throw
   *  a fault where that cannot be known. */
  readonly revocationOf?: (certificate: Certificate, issuer: Certificate) => string | undefined;
}

/** A workload that has proved who it is. */
export interface X509Svid {
  readonly id: SpiffeId;
  readonly leaf: Certificate;
  /** From the leaf to the authority of the trust bundle, both included. */
  readonly path: readonly Certificate[];
  /** When the first of the path expires, in milliseconds since 1970. */
  readonly expiresAt: number;
}

/** Certificates that are sent with a handshake. */
export const MAX_CHAIN = 10;
export const DEFAULT_CLOCK_SKEW_SECONDS = 60;

/** Validates an X.509-SVID with the certificates that came with it (DER, the leaf first): everything
 *  that TLS leaves out, and what it does not, against the bundle of the leaf's own trust domain.
 *  @throws {Fault} `identity/certificate-invalid/…`, `identity/der-malformed`
 *  @see X509-SVID §5, RFC 5280 §6.1 */
export function validateSvid(chain: readonly Uint8Array[], how: SvidValidation): X509Svid {
  const [leaf, ...intermediates] = readChain(chain);
  const id = judgeLeaf(leaf.certificate);
  const times = {
    now: how.now,
    clockSkewSeconds: how.clockSkewSeconds ?? DEFAULT_CLOCK_SKEW_SECONDS,
  };
  judgeUnknown(leaf);
  judgeTimes(leaf, times);
  const path = findPath(leaf, {
    intermediates: [...intermediates, ...(how.intermediates ?? [])],
    anchors: anchorsFor(id, how.bundleOf),
    bundle: `the trust bundle of ${quote(id.trustDomain)}`,
    judge: (authority, below) => {
      judgeAuthority(authority, below);
      judgeUnknown(authority);
      judgeTimes(authority, times);
      if (how.isTainted?.(authority.certificate)) {
        throw refuseCertificate(
          'tainted',
          authority.whose,
          'is tainted: it must not be believed any more',
        );
      }
    },
  });
  judgeAllNames(path);
  judgeRevocation(path, how);
  if (how.isDenied?.(id, leaf.certificate)) {
    throw refuseCertificate('denied', leaf.whose, `is of ${quote(id.uri)}, which is shut out`);
  }
  const certificates = path.map(({ certificate }) => certificate);
  const expiresAt = Math.min(...certificates.map(({ notAfter }) => notAfter));
  return { id, leaf: leaf.certificate, path: certificates, expiresAt };
}

function readChain(chain: readonly Uint8Array[]): [Step, ...Step[]] {
  if (chain.length > MAX_CHAIN) {
    const why = `has ${chain.length} certificates, more than the ${MAX_CHAIN} that are allowed`;
    throw refuseCertificate('chain-too-long', 'the chain', why);
  }
  const [first, ...rest] = chain;
  if (first === undefined) {
    const hint = 'call with an identity: an X.509-SVID of the Workload API';
    throw refuseCertificate('chain-empty', 'the chain', 'has no certificate', hint);
  }
  // Leaves are many; whoever keeps what was proved of one has a better place for it.
  const leaf = { certificate: readCertificate(first, LEAF), whose: LEAF };
  const others = rest.map((der, index) => {
    const whose = `certificate ${index + 2} of the chain`;
    return { certificate: readOnce(der, whose), whose };
  });
  return [leaf, ...others];
}

function anchorsFor({ trustDomain }: SpiffeId, bundleOf: BundleFinder): readonly Step[] {
  const bundle = bundleOf(trustDomain);
  if (bundle === undefined || bundle.trustDomain !== trustDomain) {
    throw refuseCertificate(
      'unknown-trust-domain',
      LEAF,
      `is of the trust domain ${quote(trustDomain)}, for which there is no trust bundle`,
      'federate with that trust domain',
    );
  }
  const { steps } = authoritiesOf(bundle);
  if (steps.length > 0) return steps;
  const why = `is of the trust domain ${quote(trustDomain)}, whose trust bundle has no authority`;
  throw refuseCertificate('empty-bundle', LEAF, why);
}

function judgeAllNames(path: readonly Step[]): void {
  path.forEach((authority, index) => {
    for (const below of path.slice(0, index)) judgeNamesBelow(authority, below);
  });
}

function judgeRevocation(path: readonly Step[], { revocationOf }: SvidValidation): void {
  path.forEach(({ certificate, whose }, index) => {
    const issuer = path[index + 1]?.certificate;
    const why = issuer && revocationOf?.(certificate, issuer);
    if (why !== undefined) throw refuseCertificate('revoked', whose, `is revoked: ${why}`);
  });
}
