import { createHash } from 'node:crypto';
import { Fault } from '../../../../base/fault.ts';
import { KEY_BYTES } from '../../aead.ts';

export const MAX_SHARES = 32;
const FORMAT = 'reeve-share-v1';
/** A byte for each of the key, and the place on the curve. */
const POINT_BYTES = KEY_BYTES + 1;
const MAX_TEXT_LENGTH = 400;
const PATTERN = new RegExp(
  `^${FORMAT}:([0-9a-f]{16}):([0-9]{1,2})-of-([0-9]{1,2}):([0-9]{1,2}):([0-9a-f]{${POINT_BYTES * 2}}):([0-9a-f]{8})$`,
);

/** The shares that were made of one key, together. */
export interface ShareSet {
  /** Says which key it is: its fingerprint. */
  readonly key: string;
  /** How many shares it takes. */
  readonly threshold: number;
  readonly shares: number;
}

/** One of a set: what one person keeps. */
export interface Share {
  readonly set: ShareSet;
  /** From 1 on. */
  readonly number: number;
  readonly point: Buffer;
}

/** `shamir:9f86d081884c7d65:3-of-5`: the id of the key-encryption key that is shared. */
export const idOfSet = ({ key, threshold, shares }: ShareSet): string =>
  `shamir:${key}:${threshold}-of-${shares}`;

/** The set that an id names; undefined: it names another kind of key. */
export function setOfId(id: string): ShareSet | undefined {
  const match = /^shamir:([0-9a-f]{16}):([0-9]{1,2})-of-([0-9]{1,2})$/.exec(id);
  if (match === null) return undefined;
  const [, key = '', threshold, shares] = match;
  const set = { key, threshold: Number(threshold), shares: Number(shares) };
  return isPossible(set) ? set : undefined;
}

/** `reeve-share-v1:KEY:3-of-5:NUMBER:POINT:CHECKSUM`, in digits and lower-case letters, which survive being typed. */
export function formatShare({ set, number, point }: Share): string {
  const { key, threshold, shares } = set;
  const body = `${FORMAT}:${key}:${threshold}-of-${shares}:${number}:${point.toString('hex')}`;
  return `${body}:${checksumOf(body)}`;
}

/** Upper case, spaces and line breaks do not matter.
 *  @throws {Fault} `vault/share-malformed`, which quotes nothing */
export function parseShare(text: string): Share {
  if (text.length > MAX_TEXT_LENGTH) {
    throw malformed(`it has more than ${MAX_TEXT_LENGTH} characters`);
  }
  const plain = text.replace(/\s+/g, '').toLowerCase();
  const match = PATTERN.exec(plain);
  if (match === null) throw malformed(`it does not look like \`${FORMAT}:…\``);
  const [, key = '', threshold, shares, number, point = '', checksum] = match;
  if (checksumOf(plain.slice(0, plain.lastIndexOf(':'))) !== checksum) {
    throw malformed('its checksum is wrong: a character was changed');
  }
  const set = { key, threshold: Number(threshold), shares: Number(shares) };
  if (!isPossible(set) || Number(number) < 1 || Number(number) > set.shares) {
    throw malformed('its numbers are not possible');
  }
  const bytes = Buffer.alloc(POINT_BYTES);
  bytes.write(point, 'hex');
  return { set, number: Number(number), point: bytes };
}

/** Whether a key can be shared so: one share that is enough would be the key itself. */
export const isPossible = ({ threshold, shares }: Omit<ShareSet, 'key'>): boolean =>
  Number.isInteger(threshold) &&
  Number.isInteger(shares) &&
  threshold >= 2 &&
  shares >= threshold &&
  shares <= MAX_SHARES;

/** Finds slips of the pen; it is no signature. */
const checksumOf = (body: string): string =>
  createHash('sha256').update(body).digest('hex').slice(0, 8);

const malformed = (why: string) =>
  new Fault('vault/share-malformed', `This is no share of a vault's key: ${why}`, {
    hint: 'give the whole text of one share, as it was printed',
  });
