import { createHash } from 'node:crypto';

const ALPHABET = './0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz';
const BYTES = 32;

const sha256 = (...parts: readonly Buffer[]): Buffer =>
  createHash('sha256').update(Buffer.concat(parts)).digest();

/** Repeats bytes to a length. */
const fill = (bytes: Buffer, length: number): Buffer => Buffer.alloc(length, bytes);

/** The digest of SHA-crypt with SHA-256, 43 characters, without its head.
 *  @see U. Drepper, Unix crypt using SHA-256 and SHA-512, steps 1 to 22; MySQL takes salts of 20 bytes whole */
export function sha256Crypt(password: string, saltText: string, rounds = 5_000): string {
  const [key, salt] = [Buffer.from(password), Buffer.from(saltText)];
  const doubled = sha256(key, salt, key);
  const start: Buffer[] = [key, salt, fill(doubled, key.length)];
  for (let left = key.length; left > 0; left >>= 1) start.push(left & 1 ? doubled : key);
  let digest = sha256(...start);

  const p = fill(sha256(...Array<Buffer>(key.length).fill(key)), key.length);
  const repeats = 16 + (digest[0] ?? 0);
  const s = fill(sha256(...Array<Buffer>(repeats).fill(salt)), salt.length);
  for (let round = 0; round < rounds; round++) {
    const isOdd = round % 2 === 1;
    digest = sha256(
      isOdd ? p : digest,
      ...(round % 3 ? [s] : []),
      ...(round % 7 ? [p] : []),
      isOdd ? digest : p,
    );
  }
  return encode(digest);
}

/** Three bytes are four characters, lowest bits first; which three is the specification’s order. */
function encode(digest: Buffer): string {
  const byte = (at: number) => digest[at] ?? 0;
  let text = '';
  let [a, b, c] = [0, 10, 20];
  for (let group = 0; group < 10; group++) {
    text += characters((byte(a) << 16) | (byte(b) << 8) | byte(c), 4);
    [a, b, c] = [c + 1, a + 1, b + 1];
  }
  return text + characters((byte(BYTES - 1) << 8) | byte(BYTES - 2), 3);
}

function characters(bits: number, count: number): string {
  let [text, left] = ['', bits];
  for (let at = 0; at < count; at++, left >>= 6) text += ALPHABET[left & 63];
  return text;
}
