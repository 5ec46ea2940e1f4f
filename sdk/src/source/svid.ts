import { createPrivateKey, createPublicKey, type KeyObject } from 'node:crypto';
import {
  type Certificate,
  judgeLeaf,
  MAX_CHAIN,
  readCertificate,
  splitCertificates,
} from '../../../src/identity/x509/verifier.ts';
import { quote, ReeveError } from '../error.ts';
import { type SpiffeId, toSpiffeId } from '../spiffe-id.ts';
import type { RawX509Svid } from '../workload-api/index.ts';

/** An identity of this workload, with its private key. */
export interface X509Svid extends SpiffeId {
  /** Certificates in DER, the leaf first. */
  readonly chain: readonly Buffer[];
  readonly privateKey: KeyObject;
  /** In lowercase hexadecimal. */
  readonly serialNumber: string;
  readonly expiresAt: Date;
  /** Tells a workload's identities apart; empty: none. */
  readonly hint: string;
}

/** Reads an X.509-SVID as the Workload API sends it, and sees that it holds together: the leaf is one
 *  of a workload, for this SPIFFE ID, and the key is its own.
 *  @throws {ReeveError} `identity/certificate-invalid/…`, `identity/der-malformed`, `svid/…` */
export function readSvid({ spiffeId, chain: bytes, privateKey, hint }: RawX509Svid): X509Svid {
  const chain = splitCertificates(bytes, MAX_CHAIN);
  const [first] = chain;
  if (first === undefined) throw unusable('empty', spiffeId, 'has no certificate');
  const leaf = readCertificate(first, 'the leaf');
  const id = toSpiffeId(judgeLeaf(leaf));
  if (id.spiffeId !== spiffeId) {
    throw unusable('other-id', spiffeId, `has a certificate of ${quote(id.spiffeId)}`);
  }
  const key = readKey(privateKey, leaf, spiffeId);
  const { serialNumber } = leaf;
  return { ...id, chain, privateKey: key, serialNumber, expiresAt: new Date(leaf.notAfter), hint };
}

function readKey(der: Buffer, leaf: Certificate, spiffeId: string): KeyObject {
  let key: KeyObject;
  try {
    key = createPrivateKey({ key: der, format: 'der', type: 'pkcs8' });
  } catch {
    // What the parser says may hold any part of the key.
    throw unusable('key-malformed', spiffeId, 'has a private key that cannot be read');
  }
  const spki = createPublicKey(key).export({ format: 'der', type: 'spki' });
  if (leaf.publicKey.spki.equals(spki)) return key;
  throw unusable('other-key', spiffeId, 'has a private key that is not that of its certificate');
}

const unusable = (reason: string, spiffeId: string, why: string) =>
  new ReeveError(`svid/${reason}`, `the X.509-SVID of ${quote(spiffeId)} ${why}`, {
    hint: 'see what the agent sends',
  });
