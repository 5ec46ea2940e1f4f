import { z } from 'zod';
import { Fault, quote } from '../../base/fault.ts';
import type { DocumentChange, StoredDocument } from '../../estate/index.ts';
import { Secret } from '../model/index.ts';

/** Kinds of documents. Beside its secret, `work` says that something is under way for it: that can be listed without
 *  reading all of them. */
export const KINDS = { secret: 'secret', work: 'secret-work' } as const;

const FORMAT = 1;
const Stored = z.strictObject({ format: z.literal(FORMAT), secret: Secret });

/** A secret as the store has it. */
export interface StoredSecret {
  readonly secret: Secret;
  /** Of its document. */
  readonly version: number;
}

/** @throws {Fault} `secrets/secret-damaged` */
export function parseStored({ id, body, version }: StoredDocument): StoredSecret {
  const read = Stored.safeParse(body);
  if (read.success && read.data.secret.id === id) return { secret: read.data.secret, version };
  const place = read.success ? 'id' : (read.error.issues[0]?.path.join('.') ?? '');
  throw new Fault(
    'secrets/secret-damaged',
    `What the store keeps of the secret ${quote(id, 120)} cannot be read: it is wrong at ${quote(place)}`,
    { hint: 'bring the store back from a backup, or start the newer Reeve that wrote it' },
  );
}

/** What writes a secret: a version of 0 makes it. */
export function toChanges(
  secret: Secret,
  { version, before }: { readonly version: number; readonly before: Secret | undefined },
): DocumentChange[] {
  const { id } = secret;
  const body = { format: FORMAT, secret };
  const kept = { kind: KINDS.secret, id, version, body };
  return [kept, ...toWork(id, before, secret)];
}

/** What removes it. */
export function toRemoval({ secret, version }: StoredSecret): DocumentChange[] {
  const { id } = secret;
  const removed = { kind: KINDS.secret, id, version, body: undefined };
  return [removed, ...toWork(id, secret, undefined)];
}

function toWork(
  id: string,
  before: Secret | undefined,
  after: Secret | undefined,
): DocumentChange[] {
  const [was, is] = [hasWork(before), hasWork(after)];
  if (was === is) return [];
  const { work: kind } = KINDS;
  return [is ? { kind, id, version: 0, body: {} } : { kind, id, version: 1, body: undefined }];
}

function hasWork(secret: Secret | undefined): boolean {
  if (secret === undefined) return false;
  return secret.run !== null || secret.versions.some(({ revocation }) => revocation !== null);
}
