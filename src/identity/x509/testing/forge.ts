import { sign } from 'node:crypto';
import { signingAlgorithmOf } from '../algorithms.ts';
import { bitString, contextTag, element, integer, sequence, time } from '../der/index.ts';
import {
  authorityKeyId,
  basicConstraints,
  CLIENT_AUTH,
  extendedKeyUsage,
  keyUsage,
  SERVER_AUTH,
  subjectAlternativeName,
  subjectKeyId,
} from '../extensions/index.ts';
import { keyIdOf } from '../keys.ts';
import { EMPTY_NAME, writeName } from '../name.ts';
import type { TestKey } from './keys.ts';

/** Every part of a certificate by itself, so that a test can break one and leave the others. */
export interface Forged {
  version: Buffer;
  serialNumber: Buffer;
  innerAlgorithm: Buffer;
  outerAlgorithm: Buffer;
  issuer: Buffer;
  notBefore: Buffer;
  notAfter: Buffer;
  subject: Buffer;
  spki: Buffer;
  /** By what they are; the order is kept. */
  extensions: Record<string, Buffer>;
  /** What stands behind the extensions, within what holds them and behind that: nothing. */
  behindExtensions: { inside: Buffer; outside: Buffer };
  signedBy: TestKey;
  /** Changes the finished bytes. */
  finish: (der: Buffer) => Buffer;
}

export const NOW = Date.UTC(2026, 5, 1, 12);
export const HOUR = 3_600_000;
const DAY = 24 * HOUR;
/** By what a test calls its authorities. */
export const nameOf = (commonName: string): Buffer => writeName({ commonName });

let serial = 1n << 64n;

function common(key: TestKey, issuerName: Buffer, issuerKey: TestKey): Omit<Forged, 'extensions'> {
  const algorithm = signingAlgorithmOf(issuerKey.privateKey)?.der ?? sequence();
  return {
    version: element(contextTag(0, true), integer(2)),
    serialNumber: integer(++serial),
    innerAlgorithm: algorithm,
    outerAlgorithm: algorithm,
    issuer: issuerName,
    notBefore: time(NOW - HOUR),
    notAfter: time(NOW + HOUR),
    subject: EMPTY_NAME,
    spki: key.spki,
    behindExtensions: { inside: Buffer.alloc(0), outside: Buffer.alloc(0) },
    signedBy: issuerKey,
    finish: (der) => der,
  };
}

/** The parts of a leaf as the specification wants it. */
export function forgedLeaf(key: TestKey, issuerName: Buffer, issuerKey: TestKey): Forged {
  return {
    ...common(key, issuerName, issuerKey),
    extensions: {
      basicConstraints: basicConstraints(false),
      keyUsage: keyUsage('digitalSignature'),
      extendedKeyUsage: extendedKeyUsage(SERVER_AUTH, CLIENT_AUTH),
      subjectKeyId: subjectKeyId(keyIdOf(key.spki)),
      authorityKeyId: authorityKeyId(keyIdOf(issuerKey.spki)),
      names: subjectAlternativeName(
        'spiffe://example.org/ns/shop/sa/orders',
        ['orders.shop'],
        true,
      ),
    },
  };
}

/** The parts of a signing authority as the specification wants it; a root signs itself. */
export function forgedAuthority(
  key: TestKey,
  name: string,
  issuerName: string,
  issuerKey: TestKey,
): Forged {
  return {
    ...common(key, nameOf(issuerName), issuerKey),
    subject: nameOf(name),
    notBefore: time(NOW - DAY),
    notAfter: time(NOW + DAY),
    extensions: {
      basicConstraints: basicConstraints(true),
      keyUsage: keyUsage('keyCertSign', 'cRLSign'),
      subjectKeyId: subjectKeyId(keyIdOf(key.spki)),
      authorityKeyId: authorityKeyId(keyIdOf(issuerKey.spki)),
      names: subjectAlternativeName('spiffe://example.org', [], false),
    },
  };
}

/** Signs the parts, whatever they are. */
export function forge(parts: Forged): Buffer {
  const all = Object.values(parts.extensions);
  const { inside, outside } = parts.behindExtensions;
  const tbs = sequence(
    parts.version,
    parts.serialNumber,
    parts.innerAlgorithm,
    parts.issuer,
    sequence(parts.notBefore, parts.notAfter),
    parts.subject,
    parts.spki,
    ...(all.length > 0 ? [element(contextTag(3, true), sequence(...all), inside)] : []),
    outside,
  );
  const { privateKey } = parts.signedBy;
  const hash = signingAlgorithmOf(privateKey)?.hash ?? null;
  return parts.finish(sequence(tbs, parts.outerAlgorithm, bitString(sign(hash, tbs, privateKey))));
}
