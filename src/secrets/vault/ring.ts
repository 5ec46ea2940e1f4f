import { createHash } from 'node:crypto';
import { z } from 'zod';
import { Fault, quote } from '../../base/fault.ts';
import { encodeParts } from './aead.ts';
import type { KekContext } from './kek/kek.ts';

/** Versions of the root key that a ring may hold at a time; what wraps them takes 4,096 bytes at most. */
export const MAX_ROOT_VERSIONS = 64;
export const FORMAT = 'reeve-keyring.v1';

/** The root keys of a vault as they are kept: wrapped by the key-encryption key, all in one piece, which is bound to
 *  everything else that stands here. Holds nothing that is secret without that key. */
export const KeyRing = z.strictObject({
  format: z.literal(FORMAT),
  /** Made once for each vault. */
  id: z.string().regex(/^[0-9a-f]{32}$/),
  /** Grows with each change: an older ring is told from a newer one. */
  revision: z.int().min(1),
  /** The id of the key-encryption key. */
  kek: z.string().min(1).max(1_000),
  /** The last one wraps; the others only open what they wrapped. No number is given twice. */
  versions: z
    .array(z.strictObject({ number: z.int().min(1), createdAt: z.iso.datetime() }))
    .min(1)
    .max(MAX_ROOT_VERSIONS)
    .refine(isAscending, 'must be in the order of their numbers'),
  wrapped: z.string().min(1).max(16_384),
});
export type KeyRing = z.infer<typeof KeyRing>;

/** A ring as it comes from where it is kept.
 *  @throws {Fault} `vault/ring-malformed` */
export function parseKeyRing(document: unknown): KeyRing {
  const parsed = KeyRing.safeParse(document);
  if (parsed.success) return parsed.data;
  const { path, message } = parsed.error.issues[0] ?? { path: [], message: '' };
  const where = quote(path.join('.') || 'the whole');
  throw new Fault(
    'vault/ring-malformed',
    `The vault's key ring is not in the format ${FORMAT}: ${where}: ${quote(message, 200)}`,
    { hint: 'bring it back from a backup, or start the newer Reeve that wrote it' },
  );
}

/** What is kept in the open is bound by its digest. */
export function contextOf(ring: Omit<KeyRing, 'wrapped'>): KekContext {
  const versions = ring.versions.flatMap(({ number, createdAt }) => [number, createdAt]);
  const parts = encodeParts(ring.format, ring.id, ring.revision, ring.kek, ...versions);
  return {
    'reeve-vault': ring.id,
    'reeve-ring': createHash('sha256').update(parts).digest('hex'),
  };
}

function isAscending(versions: readonly { readonly number: number }[]): boolean {
  return versions.every(({ number }, at) => number > (versions[at - 1]?.number ?? 0));
}

/** The key that is given has another id. */
export const wrongKek = ({ kek }: KeyRing, given: string) =>
  new Fault(
    'vault/kek-mismatch',
    `This is not the key that the vault was sealed with: that is ${quote(kek, 200)}, and this is ${quote(given, 200)}`,
    { hint: 'give the key that is named first; another one opens nothing' },
  );

/** What is kept as wrapped keys is none, or of another ring. */
export const damaged = ({ kek }: KeyRing) =>
  new Fault(
    'vault/ring-damaged',
    `The vault's key ring does not open with ${quote(kek, 200)}: it was edited or cut, or what is known by that name is another key now`,
    { hint: 'bring the ring back from a backup; without it, nothing in the vault opens' },
  );
