import { Fault } from '../../base/fault.ts';
import type { SecretValue } from '../model/index.ts';
import {
  encodeParts,
  KEY_BYTES,
  NONCE_BYTES,
  openBytes,
  type Random,
  sealBytes,
  TAG_BYTES,
} from './aead.ts';
import { fromBase64Url } from './base64url.ts';
import { MAX_VALUE_BYTES, valueFromBytes, valueToBytes } from './value.ts';

/** Where an envelope belongs: it opens nowhere else. */
export interface Place {
  /** The id of the secret. */
  readonly secret: string;
  /** The number of the version of its value. */
  readonly version: number;
}

/** The keys that wrap data keys, as an envelope needs them. */
export interface RootKeys {
  /** The version that wraps from now on. */
  readonly newest: number;
  /** Undefined: there is no such version, or no longer. */
  keyOf(version: number): Buffer | undefined;
}

interface Envelope {
  readonly rootVersion: number;
  /** The data key under the root key. */
  readonly wrappedKey: Buffer;
  /** The value under the data key. */
  readonly sealedValue: Buffer;
}

const FORMAT = 'reeve-envelope.v1';
const WRAPPED_KEY_BYTES = NONCE_BYTES + KEY_BYTES + TAG_BYTES;
const MAX_SEALED_BYTES = NONCE_BYTES + MAX_VALUE_BYTES + TAG_BYTES;
/** No envelope is longer. */
export const MAX_ENVELOPE_LENGTH =
  FORMAT.length + 16 + Math.ceil(((WRAPPED_KEY_BYTES + MAX_SEALED_BYTES) * 4) / 3);

/** Encrypts a value under a data key of its own, and that key under the newest root key: `reeve-envelope.v1:ROOT KEY
 *  VERSION:WRAPPED DATA KEY:VALUE`, the last two in base64url.
 *  @throws {Fault} `vault/value-too-large`, `vault/value-malformed` */
export function sealValue(
  keys: RootKeys,
  place: Place,
  value: SecretValue,
  random: Random,
): string {
  const plain = valueToBytes(value);
  const dataKey = random(KEY_BYTES);
  try {
    const sealedValue = sealBytes(dataKey, plain, valueBoundTo(place), random(NONCE_BYTES));
    const wrappedKey = wrapKey(keys, place, dataKey, random);
    return format({ rootVersion: keys.newest, wrappedKey, sealedValue });
  } finally {
    plain.fill(0);
    dataKey.fill(0);
  }
}

/** The value of an envelope.
 *  @throws {Fault} `vault/envelope-refused`, the same whatever is wrong with it */
export function openValue(keys: RootKeys, place: Place, text: string): SecretValue {
  const envelope = parse(text) ?? refuse();
  const dataKey = unwrapKey(keys, place, envelope);
  const plain = openBytes(dataKey, envelope.sealedValue, valueBoundTo(place));
  dataKey.fill(0);
  const value = plain && valueFromBytes(plain);
  plain?.fill(0);
  return value ?? refuse();
}

/** The same envelope with its data key under the newest root key. The value is neither decrypted nor changed: where
 *  it was damaged, it goes on being refused.
 *  @throws {Fault} `vault/envelope-refused` */
export function rewrapEnvelope(keys: RootKeys, place: Place, text: string, random: Random): string {
  const envelope = parse(text) ?? refuse();
  const dataKey = unwrapKey(keys, place, envelope);
  try {
    const wrappedKey = wrapKey(keys, place, dataKey, random);
    return format({ ...envelope, rootVersion: keys.newest, wrappedKey });
  } finally {
    dataKey.fill(0);
  }
}

/** The version of the root key that an envelope needs; undefined: it is no envelope. Says nothing of whether it opens. */
export const rootVersionOf = (text: string): number | undefined => parse(text)?.rootVersion;

/** Its root key is not part: the data key is bound to that, and is replaced without touching the value. */
const valueBoundTo = ({ secret, version }: Place): Buffer =>
  encodeParts(FORMAT, 'value', secret, version);

const keyBoundTo = ({ secret, version }: Place, rootVersion: number): Buffer =>
  encodeParts(FORMAT, 'data key', rootVersion, secret, version);

function wrapKey(keys: RootKeys, place: Place, dataKey: Buffer, random: Random): Buffer {
  const root = keys.keyOf(keys.newest) ?? refuse();
  return sealBytes(root, dataKey, keyBoundTo(place, keys.newest), random(NONCE_BYTES));
}

function unwrapKey(keys: RootKeys, place: Place, envelope: Envelope): Buffer {
  const { rootVersion, wrappedKey } = envelope;
  const root = keys.keyOf(rootVersion) ?? refuse();
  return openBytes(root, wrappedKey, keyBoundTo(place, rootVersion)) ?? refuse();
}

const format = ({ rootVersion, wrappedKey, sealedValue }: Envelope): string =>
  [FORMAT, rootVersion, wrappedKey.toString('base64url'), sealedValue.toString('base64url')].join(
    ':',
  );

function parse(text: string): Envelope | undefined {
  if (text.length > MAX_ENVELOPE_LENGTH) return undefined;
  const [name, version = '', wrapped = '', sealed = '', ...more] = text.split(':');
  if (name !== FORMAT || more.length > 0 || !/^[1-9]\d{0,8}$/.test(version)) return undefined;
  const wrappedKey = fromBase64Url(wrapped);
  const sealedValue = fromBase64Url(sealed);
  if (wrappedKey?.length !== WRAPPED_KEY_BYTES || sealedValue === undefined) return undefined;
  if (sealedValue.length > MAX_SEALED_BYTES) return undefined;
  return { rootVersion: Number(version), wrappedKey, sealedValue };
}

/** One for all: whoever tries envelopes learns nothing from it. */
function refuse(): never {
  throw new Fault(
    'vault/envelope-refused',
    'The envelope does not open: it was changed, belongs to another secret or version, or needs a root key that is gone',
    { hint: 'bring the secret back from a backup, or rotate it' },
  );
}
