import { createHash } from 'node:crypto';
import { parseYaml } from '../../../base/data.ts';
import { LineMap } from '../../../base/text.ts';
import type { CredentialObservation, Observation } from '../../../estate/index.ts';
import { credentials, type LeakFile } from '../reader.ts';

/** Secrets for tests, made when they run, so that no file holds one. */

export const LOWER = 'abcdefghijklmnopqrstuvwxyz';
export const UPPER = LOWER.toUpperCase();
export const DIGITS = '0123456789';
export const ALPHANUMERIC = LOWER + UPPER + DIGITS;
export const HEX = '0123456789abcdef';

/** The same text for the same seed: `length` characters of `alphabet` without visible order. */
export function made(length: number, alphabet = ALPHANUMERIC, seed = 'seed'): string {
  let text = '';
  for (let round = 0; text.length < length; round++) {
    for (const byte of createHash('sha512').update(`${seed}:${round}`).digest()) {
      text += alphabet[byte % alphabet.length] ?? '';
    }
  }
  return text.slice(0, length);
}

/** A password that nobody would guess and that says what it is in no other way. */
export const STRONG = `${made(9, ALPHANUMERIC, 'strong')}!${made(6, DIGITS, 'strong')}`;

export function fileOf(path: string, content: string | Buffer): LeakFile {
  const bytes = Buffer.from(content);
  const text = bytes.toString('utf8');
  const lines = new LineMap(text);
  return {
    path,
    bytes,
    text,
    isBinary: bytes.subarray(0, 8_000).includes(0),
    position: (offset) => lines.position(offset),
    documents: () => parseYaml(text).documents,
  };
}

/** What the reader observes in these files, and what it reports. */
export function scan(files: Readonly<Record<string, string | Buffer>>): {
  readonly found: readonly CredentialObservation[];
  readonly notes: readonly string[];
} {
  const observations: Observation[] = [];
  const notes: string[] = [];
  const all = new Map(Object.entries(files).map(([path, text]) => [path, fileOf(path, text)]));
  const reader = credentials(Buffer.from('key of the test'));
  const run = reader.start({
    observe: (observation) => observations.push(observation),
    report: ({ code }) => notes.push(code),
    open: (path) => all.get(path),
  });
  for (const file of all.values()) if (reader.wants(file.path)) run.read(file);
  run.finish();
  const found = observations.filter((observation) => observation.kind === 'credential');
  return { found, notes };
}
