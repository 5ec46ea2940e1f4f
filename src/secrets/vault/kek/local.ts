import { hkdfSync } from 'node:crypto';
import { KEY_BYTES, NONCE_BYTES, openBytes, type Random, sealBytes } from '../aead.ts';
import { fromBase64Url } from '../base64url.ts';
import { contextBytes } from './context.ts';
import { kekDenied, kekRefused } from './faults.ts';
import type { Kek, KekContext } from './kek.ts';

/** A key-encryption key of 32 bytes in this process: AES-256-GCM. Takes the bytes over, and wipes them at the end.
 *  @param id names the key; by default it says so much of it that two are told apart */
export class LocalKek implements Kek {
  readonly id: string;
  readonly #key: Buffer;
  readonly #random: Random;
  #isOpen = true;

  constructor(key: Buffer, random: Random, id = `aes-256:${fingerprintOf(key)}`) {
    this.id = id;
    this.#key = key;
    this.#random = random;
  }

  async wrap(plain: Buffer, context: KekContext): Promise<string> {
    this.#judge();
    const nonce = this.#random(NONCE_BYTES);
    return sealBytes(this.#key, plain, contextBytes(context), nonce).toString('base64url');
  }

  async unwrap(wrapped: string, context: KekContext): Promise<Buffer> {
    this.#judge();
    const sealed = fromBase64Url(wrapped);
    const plain = sealed && openBytes(this.#key, sealed, contextBytes(context));
    if (plain === undefined) throw kekRefused(this.id);
    return plain;
  }

  close(): void {
    this.#isOpen = false;
    this.#key.fill(0);
  }

  /** What is wiped is a key, too: of zeros, that everybody knows. */
  #judge(): void {
    if (!this.#isOpen) throw kekDenied(`${this.id} is no longer in memory`);
  }
}

/** Says which key it is and nothing that would help to find it.
 *  @returns 16 hexadecimal digits
 *  @see RFC 5869 */
export function fingerprintOf(key: Buffer): string {
  const derived = hkdfSync('sha256', key, Buffer.alloc(0), 'reeve vault key id v1', 8);
  return Buffer.from(derived).toString('hex');
}

/** The key that a text of 64 hexadecimal digits or 43 characters of base64 stands for; undefined: it is none. */
export function parseKeyText(text: string): Buffer | undefined {
  const trimmed = text.trim();
  const key = Buffer.alloc(KEY_BYTES);
  if (/^[0-9a-f]{64}$/i.test(trimmed)) key.write(trimmed, 'hex');
  else if (/^[\w+/-]{43}=?$/.test(trimmed)) key.write(trimmed, 'base64');
  else return undefined;
  return key;
}
