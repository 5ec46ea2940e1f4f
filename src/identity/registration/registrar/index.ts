/** The registrar: entries that are kept, changed by people and by the estate. */
export { EntryChange } from './change.ts';
export type { EntryListing, EntryPage, EntryQuery } from './list.ts';
export {
  type Applied,
  type EntriesChanged,
  Registrar,
  type RegistrarParts,
  type Retired,
} from './registrar.ts';
export { StoredEntry } from './stored-entry.ts';
