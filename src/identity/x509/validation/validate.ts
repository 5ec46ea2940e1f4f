import { Fault, quote } from '../../../base/fault.ts';
import type { BundleFinder, SpiffeId, TrustBundle } from '../../spiffe/index.ts';
import { type Certificate, readCertificate } from '../certificate.ts';
import { judgeAuthority, judgeTimes, judgeUnknown, type Step } from './authority-rules.ts';
import { judgeLeaf } from './leaf.ts';
import { judgeNamesBelow } from './name-rules.ts';
import { findPath } from './path.ts';
import { refuseCertificate } from './refusal.ts';

/** What a chain is judged by. */
export interface SvidValidation {
  /** Trust bundles; only that of the leaf's own trust domain is asked for. */
  readonly bundleOf: BundleFinder;
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
    intermediates,
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
    onFault: toFault,
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
  const [leaf, ...others] = chain.map((der, index) => {
    const whose = index === 0 ? 'the leaf' : `certificate ${index + 1} of the chain`;
    return { certificate: readCertificate(der, whose), whose };
  });
  if (leaf === undefined) {
    throw refuseCertificate(
      'chain-empty',
      'the chain',
      'has no certificate',
      'ask the peer for one',
    );
  }
  return [leaf, ...others];
}

function toFault(thrown: unknown): Fault {
  if (thrown instanceof Fault) return thrown;
  throw thrown;
}

/** Bundles do not change: a new one is a new object. */
const ANCHORS = new WeakMap<TrustBundle, readonly Step[]>();

function anchorsFor({ trustDomain }: SpiffeId, bundleOf: BundleFinder): readonly Step[] {
  const bundle = bundleOf(trustDomain);
  if (bundle === undefined || bundle.trustDomain !== trustDomain) {
    throw refuseCertificate(
      'unknown-trust-domain',
      'the leaf',
      `is of the trust domain ${quote(trustDomain)}, for which there is no trust bundle`,
      'federate with that trust domain',
    );
  }
  const known = ANCHORS.get(bundle);
  const anchors = known ?? bundle.x509Authorities.flatMap(readAnchor);
  if (!known) ANCHORS.set(bundle, anchors);
  if (anchors.length === 0) {
    const why = `is of the trust domain ${quote(trustDomain)}, whose trust bundle has no authority`;
    throw refuseCertificate('empty-bundle', 'the leaf', why);
  }
  return anchors;
}

/** An authority that is broken verifies nothing, and the others still count. */
function readAnchor(der: Buffer, index: number): Step[] {
  const whose = `authority ${index + 1} of the trust bundle`;
  try {
    return [{ certificate: readCertificate(der, whose), whose }];
  } catch (thrown) {
    toFault(thrown);
    return [];
  }
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
