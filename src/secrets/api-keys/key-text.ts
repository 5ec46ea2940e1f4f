import { hash } from 'node:crypto';
import { base62Checksum, hasBase62Checksum, toBase62 } from '../../base/base62.ts';

/** `rvk_`, 11 characters that name the key, `_`, 43 that are its 256 secret bits, and 6 of a checksum by which scanners
 *  tell it from what only looks like one. */
const FORM = /^rvk_(?<id>[0-9A-Za-z]{11})_[0-9A-Za-z]{49}$/;
const ID = { bytes: 8, length: 11 };
const SECRET = { bytes: 32, length: 43 };

export interface KeyText {
  /** Names the key; not secret. */
  readonly id: string;
  /** SHA-256 of the text. What is hashed has 256 random bits: neither salt nor stretching would add to them. */
  readonly hash: Buffer;
}

/** A new key. */
export function drawKey(random: (bytes: number) => Uint8Array): string {
  const name = toBase62(random(ID.bytes), ID.length);
  const body = `${name}_${toBase62(random(SECRET.bytes), SECRET.length)}`;
  return `rvk_${body}${base62Checksum(body)}`;
}

/** @returns undefined: it does not have the form of a key, or its checksum is wrong */
export function readKey(text: string): KeyText | undefined {
  const id = FORM.exec(text)?.groups?.id;
  if (id === undefined || !hasBase62Checksum(text)) return undefined;
  return { id, hash: hash('sha256', text, 'buffer') };
}
