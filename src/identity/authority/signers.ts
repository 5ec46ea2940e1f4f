import { createPublicKey, type KeyObject } from 'node:crypto';
import { createJwtIssuer } from '../jwt/index.ts';
import { type Authority, authorityOf, readCertificate } from '../x509/index.ts';
import { jwtAlgorithmOf } from './discovery.ts';
import type { ActiveSigners } from './issuing/index.ts';
import type { AuthorityState, SigningAuthority } from './model.ts';

/** A certificate authority with what signs for it.
 *  @throws {Fault} `identity/authority-invalid/other-key` where they do not belong together */
export function certifiedAuthority(
  { certificate }: SigningAuthority,
  privateKey: KeyObject,
): Authority {
  const der = Buffer.from(certificate, 'base64');
  return authorityOf(readCertificate(der, 'the certificate of the authority'), privateKey);
}

/** The authorities of a state that are active, with what signs for them. */
export function signersOf(
  { authorities }: Pick<AuthorityState, 'authorities'>,
  privateKeys: ReadonlyMap<string, KeyObject>,
): ActiveSigners {
  const active = authorities.filter(({ status }) => status === 'active');
  const x509 = active.find(({ kind }) => kind === 'x509');
  const jwt = active.find(({ kind }) => kind === 'jwt');
  const x509Key = privateKeys.get(x509?.id ?? '');
  const jwtKey = privateKeys.get(jwt?.id ?? '');
  return {
    ...(x509 && x509Key && { x509: { of: x509, authority: certifiedAuthority(x509, x509Key) } }),
    ...(jwt && jwtKey && { jwt: { of: jwt, issue: jwtIssuer(jwt.id, jwtKey) } }),
  };
}

function jwtIssuer(keyId: string, privateKey: KeyObject) {
  const algorithm = jwtAlgorithmOf(createPublicKey(privateKey));
  return createJwtIssuer({ keyId, privateKey, algorithm });
}
