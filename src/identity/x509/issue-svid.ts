import { Fault, quote } from '../../base/fault.ts';
import type { SpiffeId } from '../spiffe/index.ts';
import { type Authority, keyIdOfAuthority } from './authority.ts';
import { contextTag, element, integer, sequence, time } from './der/index.ts';
import {
  authorityKeyId,
  basicConstraints,
  CLIENT_AUTH,
  extendedKeyUsage,
  extensions,
  keyUsage,
  MAX_NAMES,
  SERVER_AUTH,
  subjectAlternativeName,
  subjectKeyId,
} from './extensions/index.ts';
import { keyIdOf } from './keys.ts';
import { EMPTY_NAME, MAX_COMMON_NAME, writeName } from './name.ts';
import { type FillRandom, serialNumbers } from './serial.ts';
import { signed } from './signer.ts';

/** What an X.509-SVID is asked for. Whoever asks has been attested, and the key judged: nothing of it
 *  comes from the workload's own word. */
export interface SvidRequest {
  readonly id: SpiffeId;
  /** SubjectPublicKeyInfo, as `readPublicKey` or `readCsr` let it pass. */
  readonly publicKey: Buffer;
  /** The first also becomes the common name, by which databases know their clients. */
  readonly dnsNames?: readonly string[];
  readonly ttlSeconds: number;
}

export interface IssuedSvid {
  readonly certificate: Buffer;
  /** In lowercase hexadecimal. */
  readonly serialNumber: string;
  /** Milliseconds since 1970. */
  readonly notBefore: number;
  readonly notAfter: number;
}

/** How long before its issue an SVID begins, for clocks that are behind. */
export const BACKDATE_SECONDS = 60;

const VERSION_3 = element(contextTag(0, true), integer(2));
const CONSTRAINTS = [
  basicConstraints(false),
  keyUsage('digitalSignature'),
  extendedKeyUsage(SERVER_AUTH, CLIENT_AUTH),
];
const DNS_NAME =
  /^(?=.{1,253}$)(\*\.)?([a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?\.)*[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?$/i;

/** Makes what issues X.509-SVIDs of one authority: what they have in common is written once. An SVID
 *  never outlives its authority.
 *  @throws {Fault} `identity/svid-request-invalid/…`; `identity/authority-unavailable` when the
 *  authority's own time is over
 *  @see X509-SVID §2 to 4 */
export function createSvidIssuer(
  { certificate, signer }: Authority,
  fillRandom: FillRandom,
): (request: SvidRequest, now: number) => IssuedSvid {
  const nextSerial = serialNumbers(fillRandom);
  const authorityKey = authorityKeyId(keyIdOfAuthority(certificate));
  const trustDomain = trustDomainOf(certificate.extensions.names?.uris[0]);
  return (request, now) => {
    judge(request, trustDomain);
    const { id, publicKey, dnsNames = [], ttlSeconds } = request;
    const notBefore = toSecond(now) - BACKDATE_SECONDS * 1_000;
    const notAfter = Math.min(toSecond(now) + ttlSeconds * 1_000, certificate.notAfter);
    if (notAfter <= now || certificate.notBefore > now) throw outOfTime();
    const serial = nextSerial();
    const subject = subjectOf(dnsNames[0]);
    const tbs = sequence(
      VERSION_3,
      serial,
      signer.algorithm.der,
      certificate.subject,
      sequence(time(notBefore), time(notAfter)),
      subject,
      publicKey,
      extensions(
        3,
        ...CONSTRAINTS,
        subjectKeyId(keyIdOf(publicKey)),
        authorityKey,
        subjectAlternativeName(id.uri, dnsNames, subject === EMPTY_NAME),
      ),
    );
    const serialNumber = serial.toString('hex', 2);
    return { certificate: signed(signer, tbs), serialNumber, notBefore, notAfter };
  };
}

const toSecond = (milliseconds: number): number => Math.floor(milliseconds / 1_000) * 1_000;

function trustDomainOf(uri: string | undefined): string | undefined {
  return uri?.startsWith('spiffe://') ? uri.slice('spiffe://'.length) : undefined;
}

function subjectOf(dnsName: string | undefined): Buffer {
  if (dnsName === undefined || dnsName.length > MAX_COMMON_NAME) return EMPTY_NAME;
  return writeName({ commonName: dnsName });
}

function judge(
  { id, dnsNames = [], ttlSeconds }: SvidRequest,
  trustDomain: string | undefined,
): void {
  if (id.path === '')
    throw refusal('path', `${quote(id.uri)} names a trust domain, not a workload`);
  if (trustDomain !== undefined && id.trustDomain !== trustDomain) {
    const why = `${quote(id.uri)} is not of the authority's trust domain ${quote(trustDomain)}`;
    throw refusal('trust-domain', why);
  }
  if (!Number.isSafeInteger(ttlSeconds) || ttlSeconds < 1) {
    throw refusal('ttl', `a lifetime of ${ttlSeconds} seconds is none`);
  }
  if (dnsNames.length >= MAX_NAMES)
    throw refusal('dns-names', `${dnsNames.length} DNS names are too many`);
  const odd = dnsNames.find((name) => !DNS_NAME.test(name));
  if (odd !== undefined) throw refusal('dns-names', `${quote(odd)} is not a DNS name`);
}

const refusal = (reason: string, why: string) =>
  new Fault(`identity/svid-request-invalid/${reason}`, `no X.509-SVID can be issued: ${why}`);

const outOfTime = () =>
  new Fault(
    'identity/authority-unavailable',
    'the time of the signing authority is over, or to come',
    {
      hint: 'prepare and activate a new authority',
    },
  );
