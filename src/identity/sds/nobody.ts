import { generateKeyPairSync } from 'node:crypto';
import type { Clock } from '../../base/clock.ts';
import { parseSpiffeId } from '../spiffe/index.ts';
import {
  type FillRandom,
  issueAuthority,
  serialNumbers,
  signerOf,
  toPem,
  uniqueSubject,
} from '../x509/index.ts';
import { plainValidationSecret, type Secret, spiffeValidationSecret } from './messages.ts';

const TRUST_DOMAIN = 'nobody.invalid';
const DECADE_MS = 315_360_000_000;

/** Makes contexts that verify nobody: the discovery service has no way to take one back that an Envoy has, and
 *  without a certificate Envoy takes none. So they hold a root whose key is forgotten as soon as it is made.
 *  @param isSpiffe whether the Envoy has a validator of SPIFFE */
export function verifyingNobody(
  clock: Clock,
  fillRandom: FillRandom,
): (name: string, isSpiffe: boolean) => Secret {
  let pem: string | undefined;
  return (name, isSpiffe) => {
    pem ??= forgottenRoot(clock(), fillRandom);
    return isSpiffe
      ? spiffeValidationSecret(name, [{ trustDomain: TRUST_DOMAIN, pem }])
      : plainValidationSecret(name, pem, '');
  };
}

function forgottenRoot(now: number, fillRandom: FillRandom): string {
  const { publicKey, privateKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' });
  const serialNumber = serialNumbers(fillRandom)();
  const request = {
    publicKey: publicKey.export({ format: 'der', type: 'spki' }),
    id: parseSpiffeId(`spiffe://${TRUST_DOMAIN}`),
    subject: uniqueSubject(TRUST_DOMAIN, serialNumber),
    serialNumber,
    notBefore: now,
    notAfter: now + DECADE_MS,
  };
  return toPem('CERTIFICATE', issueAuthority(request, signerOf(privateKey)).der);
}
