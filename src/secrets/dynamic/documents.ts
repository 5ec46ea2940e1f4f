import { Fault, quote } from '../../base/fault.ts';
import { anew, type DocumentStore, type StoredDocument } from '../../estate/index.ts';
import { Lease, Role } from './model.ts';

export const KINDS = { role: 'lease-role', lease: 'lease', installation: 'lease-installation' };

/** A document as it was read, and how often it had been changed then. */
export interface Stored<T> {
  readonly body: T;
  readonly version: number;
}

const PARSERS = { role: Role, lease: Lease };

/** @throws {Fault} `secrets/lease-damaged` */
export function parseStored<Kind extends 'role' | 'lease'>(
  kind: Kind,
  { id, version, body }: StoredDocument,
): Stored<Kind extends 'role' ? Role : Lease> {
  const read = PARSERS[kind].safeParse(body);
  if (read.success && read.data.id === id) {
    return { body: read.data as Kind extends 'role' ? Role : Lease, version };
  }
  throw new Fault('secrets/lease-damaged', `The ${kind} ${quote(id, 120)} cannot be read`, {
    hint: 'restore the store, or see whether a newer Reeve has written it',
  });
}

/** What tells this Reeve's users from another's: drawn once, and kept with the store. */
export function installationOf(store: DocumentStore, draw: () => string): Promise<string> {
  return anew(async () => {
    const kept = await store.document(KINDS.installation, 'this');
    if (typeof kept?.body === 'string') return kept.body;
    const body = draw();
    await store.amend([{ kind: KINDS.installation, id: 'this', version: 0, body }], []);
    return body;
  });
}
