import { X509Certificate } from 'node:crypto';
import { Fault, quote } from '../../base/fault.ts';
import type { JwtAuthority, TrustBundle } from './bundle.ts';
import {
  type BundleLimits,
  DEFAULT_BUNDLE_LIMITS,
  importKey,
  isJwk,
  isPrivate,
  type Jwk,
  KEY_TYPES,
  MAX_KEY_ID,
} from './jwk.ts';

/** A key of a document that was passed over. */
export interface IgnoredKey {
  /** 0-based place in `keys`. */
  readonly index: number;
  readonly why: string;
}

export interface BundleReading {
  readonly bundle: TrustBundle;
  readonly ignored: readonly IgnoredKey[];
}

/** What one key is: an authority of one of the two kinds, or why it is passed over. */
type KeyReading =
  | { readonly x509: Buffer }
  | { readonly jwt: JwtAuthority }
  | { readonly ignored: string };

/** Reads a SPIFFE bundle document. Keys of unknown type or use are passed over; a key of a known use
 *  that is broken refuses the whole document, so that half a bundle never replaces a whole one. The
 *  trust domain is known beforehand: nothing in the document says it.
 *  @throws {Fault} `identity/bundle-malformed`, `identity/bundle-too-large`
 *  @see SPIFFE Trust Domain and Bundle §4, X509-SVID §6.2, JWT-SVID §6 */
export function parseBundle(
  trustDomain: string,
  document: string | Uint8Array,
  limits = DEFAULT_BUNDLE_LIMITS,
): BundleReading {
  const fail = (why: string): never => {
    throw new Fault('identity/bundle-malformed', `${describe(trustDomain)} is malformed: ${why}`);
  };
  const set = parseObject(trustDomain, document, limits, fail);
  const keys: unknown = set.keys;
  if (!Array.isArray(keys)) return fail('`keys` is missing or not a list');
  if (keys.length > limits.maxKeys)
    throw tooLarge(trustDomain, `${keys.length} keys`, `${limits.maxKeys}`);
  const readings = keys.map((key, index) => readKey(key, (why) => fail(`key ${index} ${why}`)));
  const jwtAuthorities = readings.flatMap((one) => ('jwt' in one ? [one.jwt] : []));
  const ids = jwtAuthorities.map(({ keyId }) => keyId);
  const twice = ids.find((id, index) => ids.indexOf(id) !== index);
  if (twice !== undefined) return fail(`the key id ${quote(twice)} stands there twice`);
  const sequence = readSequence(set.spiffe_sequence, fail);
  const refreshHintSeconds = readRefreshHint(set.spiffe_refresh_hint, fail);
  return {
    bundle: {
      trustDomain,
      x509Authorities: readings.flatMap((one) => ('x509' in one ? [one.x509] : [])),
      jwtAuthorities,
      ...(sequence !== undefined && { sequence }),
      ...(refreshHintSeconds !== undefined && { refreshHintSeconds }),
    },
    ignored: readings.flatMap((one, index) =>
      'ignored' in one ? [{ index, why: one.ignored }] : [],
    ),
  };
}

const describe = (trustDomain: string) => `the bundle of the trust domain ${quote(trustDomain)}`;

const tooLarge = (trustDomain: string, has: string, limit: string) =>
  new Fault(
    'identity/bundle-too-large',
    `${describe(trustDomain)} has ${has}, more than the ${limit} that are allowed`,
  );

function parseObject(
  trustDomain: string,
  document: string | Uint8Array,
  { maxBytes }: BundleLimits,
  fail: (why: string) => never,
): Jwk {
  const bytes = typeof document === 'string' ? Buffer.byteLength(document) : document.length;
  if (bytes > maxBytes) throw tooLarge(trustDomain, `${bytes} bytes`, `${maxBytes}`);
  let value: unknown;
  try {
    const text =
      typeof document === 'string'
        ? document
        : new TextDecoder('utf-8', { fatal: true }).decode(document);
    value = JSON.parse(text, keepSequence);
  } catch {
    // What the parser says may hold any part of the text.
    return fail('it is not JSON');
  }
  return isJwk(value) ? value : fail('it is not an object');
}

/** Numbers of 64 bits lose digits as others; the text of this one is kept. */
function keepSequence(
  key: string,
  value: unknown,
  context?: { readonly source?: string },
): unknown {
  if (key !== 'spiffe_sequence' || typeof value !== 'number') return value;
  return /^\d{1,20}$/.test(context?.source ?? '') ? BigInt(context?.source ?? '') : value;
}

function readSequence(value: unknown, fail: (why: string) => never): bigint | undefined {
  if (value === undefined || typeof value === 'bigint') return value;
  return fail('`spiffe_sequence` is not a whole number of 0 or more, with at most 20 digits');
}

function readRefreshHint(value: unknown, fail: (why: string) => never): number | undefined {
  if (value === undefined) return undefined;
  if (typeof value === 'number' && Number.isSafeInteger(value) && value >= 0) return value;
  return fail('`spiffe_refresh_hint` is not a whole number of seconds');
}

const USES: Readonly<Record<string, (jwk: Jwk, fail: (why: string) => never) => KeyReading>> = {
  'x509-svid': readX509Authority,
  'jwt-svid': readJwtAuthority,
};

function readKey(jwk: unknown, fail: (why: string) => never): KeyReading {
  if (!isJwk(jwk)) return fail('is not an object');
  const { kty, use } = jwk;
  if (isPrivate(jwk)) return fail('holds a private key: revoke it');
  if (!KEY_TYPES.includes(kty)) {
    return { ignored: `its type (kty) ${quote(kty)} is not known` };
  }
  const read = typeof use === 'string' && Object.hasOwn(USES, use) ? USES[use] : undefined;
  return read ? read(jwk, fail) : { ignored: `its use ${quote(use)} is not known` };
}

/** Of several certificates only the first counts, and a key without one is passed over.
 *  @see X509-SVID §6.2 */
function readX509Authority(jwk: Jwk, fail: (why: string) => never): KeyReading {
  const { x5c } = jwk;
  if (x5c === undefined || (Array.isArray(x5c) && x5c.length === 0)) {
    return { ignored: 'it has no certificate (x5c)' };
  }
  const first: unknown = Array.isArray(x5c) ? x5c[0] : undefined;
  if (typeof first !== 'string' || !/^[A-Za-z0-9+/]+={0,2}$/.test(first)) {
    return fail('has a certificate (x5c) that is not base64');
  }
  const der = Buffer.from(first, 'base64');
  const certificate = importCertificate(der);
  if (certificate === undefined) return fail('has a certificate (x5c) that is none');
  const claimed = importKey(jwk);
  if (hasKeyMaterial(jwk) && !(claimed && certificate.publicKey.equals(claimed))) {
    return fail('is not the key of its certificate (x5c)');
  }
  return { x509: der };
}

const hasKeyMaterial = (jwk: Jwk) => 'n' in jwk || 'x' in jwk || 'y' in jwk;

function importCertificate(der: Buffer): X509Certificate | undefined {
  try {
    const certificate = new X509Certificate(der);
    // What follows the certificate would be read by some and not by others.
    return certificate.raw.equals(der) ? certificate : undefined;
  } catch {
    return undefined;
  }
}

function readJwtAuthority(jwk: Jwk, fail: (why: string) => never): KeyReading {
  const { kid } = jwk;
  // Tokens name their key, so this one verifies none.
  if (kid === undefined || kid === '') return { ignored: 'it has no key id (kid)' };
  if (typeof kid !== 'string' || kid.length > MAX_KEY_ID) {
    return fail(`has a key id (kid) that is no text of at most ${MAX_KEY_ID} characters`);
  }
  const publicKey = importKey(jwk);
  return publicKey ? { jwt: { keyId: kid, publicKey } } : fail('is not a public key');
}
