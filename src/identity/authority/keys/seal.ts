import { createCipheriv, createDecipheriv, hkdfSync, randomBytes } from 'node:crypto';
import { Fault, quote } from '../../../base/fault.ts';

/** What a secret is, so that one cannot be put in the place of another. */
export interface SealedThing {
  readonly id: string;
  /** `x509`, `jwt` … */
  readonly purpose: string;
}

const FORMAT = 'reeve-sealed.v1';
const CIPHER = 'aes-256-gcm';
const NONCE_BYTES = 12;
const TAG_BYTES = 16;
/** A private key of RSA 8,192 and more. */
const MAX_SECRET_BYTES = 16_384;
export const MASTER_KEY_BYTES = 32;

/** Encrypts secrets that lie in the store: AES-256-GCM, bound to what they are. The first of its keys
 *  encrypts, and all of them decrypt, so that a key can be replaced. None of them is ever shown.
 *  @see NIST SP 800-38D §8.2.2 (random nonces), RFC 5869 */
export class KeyRing {
  readonly #keys: readonly { readonly id: string; readonly key: Buffer }[];

  /** @throws {Fault} `identity/master-key-malformed` */
  constructor(masterKeys: readonly Uint8Array[]) {
    const odd = masterKeys.find(({ length }) => length !== MASTER_KEY_BYTES);
    if (odd !== undefined || masterKeys.length === 0) {
      const why = odd ? `one has ${odd.length} bytes` : 'there is none';
      throw new Fault(
        'identity/master-key-malformed',
        `Keys that encrypt keys have ${MASTER_KEY_BYTES} bytes, and ${why}`,
      );
    }
    this.#keys = masterKeys.map((master) => ({
      id: derive(master, 'id', 8).toString('hex'),
      key: derive(master, 'encryption', 32),
    }));
  }

  /** Names of the keys, the first encrypts: they tell nothing of the keys. */
  get keyIds(): readonly string[] {
    return this.#keys.map(({ id }) => id);
  }

  /** One line: the format's version, the name of the key, nonce, and what is encrypted with its tag. */
  seal(thing: SealedThing, secret: Uint8Array): string {
    if (secret.length > MAX_SECRET_BYTES) {
      throw new Fault(
        'identity/secret-too-large',
        `A secret of ${secret.length} bytes is more than the ${MAX_SECRET_BYTES} that are allowed`,
      );
    }
    // the constructor refuses a ring without keys
    const { id, key } = this.#keys[0]!;
    const nonce = randomBytes(NONCE_BYTES);
    const cipher = createCipheriv(CIPHER, key, nonce);
    cipher.setAAD(boundTo(id, thing));
    const sealed = Buffer.concat([cipher.update(secret), cipher.final(), cipher.getAuthTag()]);
    return [FORMAT, id, nonce.toString('base64url'), sealed.toString('base64url')].join(':');
  }

  /** Whether something is encrypted with the first key; otherwise it should be sealed anew. */
  isCurrent(sealed: string): boolean {
    return sealed.split(':')[1] === this.#keys[0]?.id;
  }

  /** @throws {Fault} `identity/seal-malformed`; `identity/seal-key-not-found` where none of the keys is
   *  the one; `identity/seal-broken` where it was changed, or is another thing's */
  open(thing: SealedThing, sealed: string): Buffer {
    const { keyId, nonce, body, tag } = parse(thing, sealed);
    const key = this.#keys.find(({ id }) => id === keyId)?.key;
    if (key === undefined) {
      throw new Fault(
        'identity/seal-key-not-found',
        `${nameOf(thing)} is encrypted with the key ${quote(keyId)}, and the keys at hand are ${this.keyIds.join(', ')}`,
        { hint: 'give the key that was in use before as well, or bring it back from a backup' },
      );
    }
    const decipher = createDecipheriv(CIPHER, key, nonce, { authTagLength: TAG_BYTES });
    decipher.setAAD(boundTo(keyId, thing));
    decipher.setAuthTag(tag);
    try {
      return Buffer.concat([decipher.update(body), decipher.final()]);
    } catch {
      throw new Fault(
        'identity/seal-broken',
        `${nameOf(thing)} does not decrypt: it was changed, or belongs to something else`,
        { hint: 'bring the store back from a backup, or let the authority make a new key' },
      );
    }
  }
}

function derive(master: Uint8Array, what: string, bytes: number): Buffer {
  const info = `reeve authority keys v1: ${what}`;
  return Buffer.from(hkdfSync('sha256', master, Buffer.alloc(0), info, bytes));
}

const boundTo = (keyId: string, { id, purpose }: SealedThing): Buffer =>
  Buffer.from(JSON.stringify([FORMAT, keyId, purpose, id]));

const nameOf = ({ id, purpose }: SealedThing): string => `The ${purpose} key ${quote(id)}`;

function parse(thing: SealedThing, sealed: string) {
  const [format, keyId = '', nonceText = '', bodyText = '', ...more] = sealed.split(':');
  const nonce = Buffer.from(nonceText, 'base64url');
  const body = Buffer.from(bodyText, 'base64url');
  const isRight =
    format === FORMAT &&
    more.length === 0 &&
    /^[0-9a-f]{16}$/.test(keyId) &&
    /^[\w-]+$/.test(nonceText) &&
    /^[\w-]+$/.test(bodyText) &&
    nonce.length === NONCE_BYTES &&
    body.length >= TAG_BYTES &&
    body.length <= MAX_SECRET_BYTES + TAG_BYTES;
  if (!isRight) {
    throw new Fault(
      'identity/seal-malformed',
      `${nameOf(thing)} is not encrypted in the format ${FORMAT}`,
      { hint: 'bring the store back from a backup, or start the newer Reeve that wrote it' },
    );
  }
  const end = body.length - TAG_BYTES;
  return { keyId, nonce, body: body.subarray(0, end), tag: body.subarray(end) };
}
