import { randomFillSync } from 'node:crypto';
import { spiffeIdOf } from '../../spiffe/index.ts';
import {
  type Authority,
  type AuthorityRequest,
  authorityOf,
  issueAuthority,
  serialNumbers,
  uniqueSubject,
} from '../index.ts';
import { ecKey, type TestKey, testSigner } from './keys.ts';

/** Times are in milliseconds since 1970. */
export type AuthorityWish = Pick<AuthorityRequest, 'notBefore' | 'notAfter'> &
  Partial<Pick<AuthorityRequest, 'pathLength' | 'permittedTrustDomains'>> & {
    /** Its own; one on P-256 if undefined. */
    readonly key?: TestKey;
    /** What issues it; undefined for a root. */
    readonly by?: Authority | undefined;
  };

const nextSerial = serialNumbers(randomFillSync);

/** An authority of a trust domain, for tests. */
export function testAuthority(trustDomain: string, wish: AuthorityWish): Authority {
  const { key = ecKey(), by, ...said } = wish;
  const serialNumber = nextSerial();
  const request = {
    ...{ ...said, publicKey: key.spki, id: spiffeIdOf(trustDomain), serialNumber },
    subject: uniqueSubject(trustDomain, serialNumber),
  };
  return authorityOf(issueAuthority(request, by ?? testSigner(key)), key.privateKey);
}
