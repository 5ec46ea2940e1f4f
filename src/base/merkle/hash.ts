import { hash } from 'node:crypto';

/** SHA-256. */
export const HASH_BYTES = 32;

const LEAF = Buffer.of(0);
const NODE = Buffer.of(1);

/** @see RFC 6962 §2.1 */
export function leafHash(entry: string | Uint8Array): Buffer {
  const bytes = typeof entry === 'string' ? Buffer.from(entry) : entry;
  return hash('sha256', Buffer.concat([LEAF, bytes]), 'buffer');
}

/** @see RFC 6962 §2.1 */
export function nodeHash(left: Uint8Array, right: Uint8Array): Buffer {
  return hash('sha256', Buffer.concat([NODE, left, right]), 'buffer');
}

/** The root of the tree without leaves. */
export const EMPTY_ROOT = hash('sha256', '', 'buffer');
