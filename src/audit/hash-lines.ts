import { HASH_BYTES } from '../base/merkle/index.ts';

/** Hashes as the texts of C2SP have them: base64, a line each. */
export function writeHashes(hashes: readonly Buffer[]): string {
  return hashes.map((hash) => `${hash.toString('base64')}\n`).join('');
}

/** Undefined where a line is no hash, or there are more than `most`. */
export function readHashes(lines: readonly string[], most: number): Buffer[] | undefined {
  const hashes = lines.map((line) => Buffer.from(line, 'base64'));
  const areRead = hashes.every(
    (hash, at) => hash.length === HASH_BYTES && hash.toString('base64') === lines[at],
  );
  return areRead && hashes.length <= most ? hashes : undefined;
}
