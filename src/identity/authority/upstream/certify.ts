import { generateKeyPairSync, type KeyObject } from 'node:crypto';
import { Fault, messageOf } from '../../../base/fault.ts';
import { parseSpiffeId, type SpiffeId, spiffeIdOf } from '../../spiffe/index.ts';
import {
  authorityOf,
  type Certificate,
  createSvidIssuer,
  DEFAULT_CLOCK_SKEW_SECONDS,
  type FillRandom,
  readCertificate,
  validateSvid,
} from '../../x509/index.ts';

/** A new certificate authority that needs a certificate. */
export interface CertificateWanted {
  /** Of the trust domain. */
  readonly id: SpiffeId;
  readonly privateKey: KeyObject;
  /** SubjectPublicKeyInfo. */
  readonly publicKey: Buffer;
  /** Milliseconds since 1970. */
  readonly now: number;
  readonly notBefore: number;
  /** An upstream may make it less. */
  readonly notAfter: number;
}

/** A certificate authority that has one. Everything is in DER. */
export interface Certified {
  readonly certificate: Buffer;
  /** From the certificate to what an anchor signed; empty where it is an anchor itself. */
  readonly chain: readonly Buffer[];
  readonly anchors: readonly Buffer[];
}

/** Where certificates of authorities come from.
 *  @throws {Fault} `identity/upstream-…` */
export type Certify = (wanted: CertificateWanted) => Promise<Certified>;

/** A certificate must be good for so much of what was asked for, or authorities would come and go. */
const LEAST_PART = 1 / 2;

/** Judges what an upstream answered by what it is for: an SVID that the new authority issues must be
 *  accepted by whoever trusts the anchors.
 *  @throws {Fault} `identity/upstream-unsuitable`, `identity/upstream-expiring` */
export function judgeCertified(
  wanted: CertificateWanted,
  certified: Certified,
  fillRandom: FillRandom,
): Certificate {
  const certificate = suitable(() => {
    const read = readCertificate(certified.certificate, 'the certificate of the authority');
    const authority = authorityOf(read, wanted.privateKey);
    const { id } = wanted;
    const now = timeFor(read, wanted.now);
    const probe = createSvidIssuer(authority, fillRandom)(
      {
        id: parseSpiffeId(`${id.uri}/probe`),
        publicKey: throwAwayKey(),
        ttlSeconds: 60,
      },
      now,
    );
    const bundle = {
      trustDomain: id.trustDomain,
      x509Authorities: certified.anchors,
      jwtAuthorities: [],
    };
    validateSvid([probe.certificate, ...certified.chain], { bundleOf: () => bundle, now });
    return read;
  });
  judgeRest(wanted, endOf(certified));
  return certificate;
}

/** @throws {Fault} `identity/upstream-expiring` where what signs ends too soon */
export function judgeRest({ now, notAfter }: CertificateWanted, end: number): void {
  if (end - now >= (notAfter - now) * LEAST_PART) return;
  throw new Fault(
    'identity/upstream-expiring',
    `The upstream authority ends at ${new Date(end).toISOString()}: too soon for an authority until ${new Date(notAfter).toISOString()}`,
    { hint: 'renew the upstream authority, or make authorityTtlSeconds less' },
  );
}

/** When the first of a chain ends. */
export function endOf({ certificate, chain, anchors }: Certified): number {
  const ends = [certificate, ...chain].map((der) => readCertificate(der).notAfter);
  const anchored = Math.max(...anchors.map((der) => readCertificate(der).notAfter));
  return Math.min(...ends, anchored);
}

/** An upstream's clock may be a little ahead: what it signed is then good in a moment. */
function timeFor({ notBefore }: Certificate, now: number): number {
  const wait = notBefore - now;
  return wait > 0 && wait <= DEFAULT_CLOCK_SKEW_SECONDS * 1_000 ? notBefore : now;
}

function suitable<Result>(judge: () => Result): Result {
  try {
    return judge();
  } catch (thrown) {
    if (!(thrown instanceof Fault)) throw thrown;
    throw new Fault(
      'identity/upstream-unsuitable',
      `Verifiers would refuse what comes of the upstream's certificate: ${messageOf(thrown)}`,
      { cause: thrown, ...(thrown.hint !== undefined && { hint: thrown.hint }) },
    );
  }
}

let publicKey: Buffer | undefined;
/** A key for probes, made once; its private half is dropped. */
function throwAwayKey(): Buffer {
  publicKey ??= generateKeyPairSync('ec', { namedCurve: 'P-256' }).publicKey.export({
    format: 'der',
    type: 'spki',
  });
  return publicKey;
}

/** The SPIFFE ID of a trust domain. */
export const trustDomainId = (trustDomain: string): SpiffeId => spiffeIdOf(trustDomain);
