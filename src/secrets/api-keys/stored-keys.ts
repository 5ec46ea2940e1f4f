import { z } from 'zod';
import { Fault, quote } from '../../base/fault.ts';
import type { DocumentChange, StoredDocument } from '../../estate/index.ts';
import { ApiKey } from './model.ts';
import type { Uses } from './usage.ts';

/** Kinds of documents. Uses lie apart: keeping them is in nobody's way. `changes` has one document, which changes with
 *  each change of a key. */
export const KINDS = { key: 'api-key', uses: 'api-key-uses', changes: 'api-key-changes' } as const;
export const CHANGES = 'all';

const FORMAT = 1;
const StoredKey = z.strictObject({ format: z.literal(FORMAT), key: ApiKey });
const StoredUses = z.strictObject({
  format: z.literal(FORMAT),
  uses: z.record(z.string().max(1_000), z.int().min(0)),
});

/** @throws {Fault} `secrets/api-key-damaged` */
export function parseKey({ id, body }: StoredDocument): ApiKey {
  const read = StoredKey.safeParse(body);
  if (read.success && read.data.key.id === id) return read.data.key;
  throw new Fault(
    'secrets/api-key-damaged',
    `What the store keeps of the API key ${quote(id)} cannot be read`,
    { hint: 'bring the store back from a backup, or start the newer Reeve that wrote it' },
  );
}

/** What cannot be read counts as unused. */
export function parseUses({ body }: StoredDocument): Uses {
  return StoredUses.safeParse(body).data?.uses ?? {};
}

/** What writes a key: a version of 0 makes it. */
export const toKeyChange = (key: ApiKey, version: number): DocumentChange => ({
  kind: KINDS.key,
  id: key.id,
  version,
  body: { format: FORMAT, key },
});

export const toUsesChange = (id: string, uses: Uses, version: number): DocumentChange => ({
  kind: KINDS.uses,
  id,
  version,
  body: { format: FORMAT, uses },
});

/** Tells other processes that keys have changed. */
export const toNews = (version: number): DocumentChange => ({
  kind: KINDS.changes,
  id: CHANGES,
  version,
  body: { format: FORMAT },
});
