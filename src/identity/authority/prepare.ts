import type { KeyObject } from 'node:crypto';
import type { Clock } from '../../base/clock.ts';
import { spiffeIdOf } from '../spiffe/index.ts';
import type { FillRandom } from '../x509/index.ts';
import type { AuthorityConfig } from './config.ts';
import { authorityId } from './key-fingerprint.ts';
import { type KeyRing, type MadeKey, makeKey, sealKey } from './keys/index.ts';
import type { AuthorityEffect, PreparedAuthority } from './model.ts';
import { type Certify, endOf, judgeCertified } from './upstream/index.ts';

type Wanted = Extract<AuthorityEffect, { effect: 'prepare' }>;

/** A new authority with its private key, as it is used and as it is kept. */
export interface MadeAuthority {
  readonly authority: PreparedAuthority;
  readonly privateKey: KeyObject;
  readonly sealed: string;
}

interface Makers {
  readonly trustDomain: string;
  readonly config: AuthorityConfig;
  readonly ring: KeyRing;
  readonly certify: Certify;
  readonly clock: Clock;
  readonly fillRandom: FillRandom;
}

/** Makes a key, and has it certified where it is to sign certificates.
 *  @throws {Fault} `identity/upstream-…` */
export async function prepareAuthority(wanted: Wanted, makers: Makers): Promise<MadeAuthority> {
  const key = await makeKey(wanted.kind, makers.config);
  const authority =
    wanted.kind === 'x509' ? await certified(wanted, key, makers) : uncertified(wanted, key);
  return {
    authority,
    privateKey: key.privateKey,
    sealed: sealKey(makers.ring, authority, key.privateKey),
  };
}

function uncertified({ kind, notBefore, notAfter }: Wanted, { publicKey }: MadeKey) {
  const authority: PreparedAuthority = {
    id: authorityId(publicKey),
    kind,
    notBefore,
    notAfter,
    publicKey: publicKey.toString('base64'),
    certificate: '',
    chain: [],
    anchors: [],
  };
  return authority;
}

async function certified(
  wanted: Wanted,
  key: MadeKey,
  { trustDomain, certify, clock, fillRandom }: Makers,
): Promise<PreparedAuthority> {
  const { notBefore, notAfter } = wanted;
  const id = spiffeIdOf(trustDomain);
  const asked = { id, ...key, now: clock(), notBefore, notAfter };
  const answer = await certify(asked);
  const certificate = judgeCertified({ ...asked, now: clock() }, answer, fillRandom);
  return {
    ...uncertified(wanted, key),
    notBefore: certificate.notBefore,
    notAfter: endOf(answer),
    certificate: answer.certificate.toString('base64'),
    chain: answer.chain.map(toBase64),
    anchors: answer.anchors.map(toBase64),
  };
}

const toBase64 = (der: Buffer): string => der.toString('base64');
