import { z } from 'zod';
import type { DocumentChange, StoredDocument } from '../../../estate/index.ts';
import type { Entry } from '../entry.ts';

const ENTRY = 'identity-entry';

/** An entry as it is kept. What it may hold was judged when it was registered, by the limits of that
 *  day; here only its shape counts. */
export const StoredEntry = z.strictObject({
  id: z.string(),
  spiffeId: z.string(),
  owner: z.string().nullable(),
  parent: z.string().nullable(),
  selectors: z.array(z.string()).min(1),
  x509TtlSeconds: z.int().positive(),
  jwtTtlSeconds: z.int().positive(),
  dnsNames: z.array(z.string()),
  federatesWith: z.array(z.string()),
  hint: z.string(),
  expiresAt: z.string().nullable(),
  services: z.array(z.string()),
  origin: z.enum(['person', 'automatic']),
  absentSince: z.string().nullable(),
  createdBy: z.string(),
  createdAt: z.string(),
}) satisfies z.ZodType<Entry>;

const StoredEnd = z.strictObject({
  entry: StoredEntry,
  because: z.string(),
  by: z.string(),
});

/** The kinds of documents that a registrar keeps. */
export const KINDS = {
  entry: ENTRY,
  /** Entries that have ended, until whoever takes back what they gave has done so. */
  ended: 'identity-retired',
} as const;

/** An entry that has ended, why, and who ended it. */
export interface EndedEntry {
  readonly entry: Entry;
  /** Empty where a person gave no reason. */
  readonly because: string;
  readonly by: string;
}

export const readEntry = ({ body }: StoredDocument): Entry | undefined =>
  StoredEntry.safeParse(body).data;

export const readEnded = ({ body }: StoredDocument): EndedEntry | undefined =>
  StoredEnd.safeParse(body).data;

/** Keeps an entry in the place of its version; 0: there is none yet. */
export const toKeep = (entry: Entry, version: number): DocumentChange => ({
  kind: KINDS.entry,
  id: entry.id,
  version,
  body: entry,
});

export const toRemove = (kind: string, id: string, version: number): DocumentChange => ({
  kind,
  id,
  version,
  body: undefined,
});

export const toKeepEnded = (ended: EndedEntry, version: number): DocumentChange => ({
  kind: KINDS.ended,
  id: ended.entry.id,
  version,
  body: ended,
});
