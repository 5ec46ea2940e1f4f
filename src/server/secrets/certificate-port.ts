import { createPublicKey, X509Certificate } from 'node:crypto';
import type { Clock } from '../../base/clock.ts';
import { Fault, quote } from '../../base/fault.ts';
import {
  type AuthorityKeeper,
  DenyIndex,
  keyFingerprint,
  type SigningAuthority,
} from '../../identity/authority/index.ts';
import { type Entry, isOver, type Registrar } from '../../identity/registration/index.ts';
import { parseSpiffeId } from '../../identity/spiffe/index.ts';
import { BACKDATE_SECONDS, type Certificate, readCertificate } from '../../identity/x509/index.ts';
import type { CertificatePort, CertificateRequest } from '../../secrets/rotators/index.ts';

export interface CertificatePortParts {
  readonly keeper: AuthorityKeeper;
  readonly registrar: Pick<Registrar, 'index'>;
  readonly clock: Clock;
}

/** The signing authority, as rotations ask it. A service is given the identities that are registered for it, under the
 *  names and for the time that are registered with them, whatever a plan would like. */
export function certificatePort({
  keeper,
  registrar,
  clock,
}: CertificatePortParts): CertificatePort {
  return {
    async issue(request, by) {
      const service = serviceOf(request.secret);
      const entry = entryOf(registrar, request, service, clock());
      const answer = keeper.issueX509({
        ...{ id: parseSpiffeId(request.spiffeId), service, by },
        publicKey: request.publicKey,
        dnsNames: namesOf(entry, request),
        ttlSeconds: Math.min(entry.x509TtlSeconds, request.ttlSeconds ?? entry.x509TtlSeconds),
      });
      await keeper.record([answer]);
      if (answer.outcome === 'refused') throw answer.fault;
      return answer.svid.chain;
    },

    anchors: () => keeper.bundle.x509Authorities,

    async revoke(der, why, by) {
      const certificate = readCertificate(der);
      const authority = signerOf(keeper, certificate);
      if (authority === undefined || isDenied(keeper, certificate, authority)) return;
      const { serialNumber: value, notAfter: until } = certificate;
      await keeper.deny([{ deny: 'serial', value, authority: authority.id, until, why }], by);
    },

    standingOf(der) {
      const certificate = readable(der);
      const authority = certificate && signerOf(keeper, certificate);
      if (certificate === undefined || authority === undefined) return 'untrusted';
      return isDenied(keeper, certificate, authority) ? 'revoked' : 'valid';
    },
  };
}

const serviceOf = (secret: string): string => secret.slice(0, secret.lastIndexOf('/'));

/** @throws {Fault} `identity/svid-forbidden/entry` */
function entryOf(
  { index }: Pick<Registrar, 'index'>,
  { spiffeId }: CertificateRequest,
  service: string,
  now: number,
): Entry {
  for (const entry of index.entries()) {
    const isFor = entry.spiffeId === spiffeId && entry.services.includes(service);
    if (isFor && !isOver(entry, now)) return entry;
  }
  throw new Fault(
    'identity/svid-forbidden/entry',
    `The identity ${quote(spiffeId, 200)} is not registered for the service ${quote(service, 200)}`,
    { hint: 'register it for that service, or name another in the plan of the secret' },
  );
}

/** @throws {Fault} `identity/svid-forbidden/dns-names` */
function namesOf(entry: Entry, { dnsNames = entry.dnsNames }: CertificateRequest) {
  const odd = dnsNames.find((name) => !entry.dnsNames.includes(name));
  if (odd === undefined) return dnsNames;
  throw new Fault(
    'identity/svid-forbidden/dns-names',
    `The name ${quote(odd)} is not registered with the identity ${quote(entry.spiffeId, 200)}`,
    { hint: 'add it to the registration, or leave it out of the plan of the secret' },
  );
}

/** The authority of the bundle that signed it. */
function signerOf(keeper: AuthorityKeeper, { der }: Certificate): SigningAuthority | undefined {
  const certificate = new X509Certificate(der);
  return keeper.state.authorities.find(({ kind, status, publicKey }) => {
    if (kind !== 'x509' || status === 'prepared') return false;
    const key = { key: Buffer.from(publicKey, 'base64'), format: 'der', type: 'spki' } as const;
    return certificate.verify(createPublicKey(key));
  });
}

function isDenied(
  keeper: AuthorityKeeper,
  { serialNumber, notBefore, publicKey, extensions }: Certificate,
  authority: SigningAuthority,
): boolean {
  const denial = new DenyIndex(keeper.state.revocation).find({
    spiffeId: extensions.names?.uris[0] ?? '',
    issuedAt: notBefore + BACKDATE_SECONDS * 1_000,
    serial: { authority: authority.id, value: serialNumber },
    keys: [publicKey.spki, authority.publicKey].map(keyFingerprint),
  });
  return denial !== undefined;
}

/** What others have issued may be of a kind that nothing here reads. */
function readable(der: Buffer): Certificate | undefined {
  try {
    return readCertificate(der);
  } catch (thrown) {
    if (thrown instanceof Fault) return undefined;
    throw thrown;
  }
}
