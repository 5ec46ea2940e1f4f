import { type Fields, fieldsAt, listAt, textAt } from '../../../base/pick.ts';
import type { DataManager } from '../data-managers.ts';

/** Stands where a value would, in the form of a placeholder that readers know to be none. */
const NOT_READ = Buffer.from('<not read>').toString('base64');
const MAX_KEYS = 1_000;
const KEY = /^f:([-._a-zA-Z0-9]{1,253})$/;

/** The `data` of a Secret of which only metadata was asked for: its keys, as the API server notes which
 *  manager has set which field, each with a placeholder. Undefined where they cannot be told, and for the
 *  releases that Helm keeps.
 *  @see Kubernetes API, ManagedFieldsEntry and FieldsV1 */
export function secretKeys(metadataOnly: Fields): Fields | undefined {
  if (isHelmRelease(metadataOnly)) return undefined;
  const keys = new Set<string>();
  for (const entry of listAt(metadataOnly, 'metadata', 'managedFields')) {
    for (const field of ['f:data', 'f:stringData']) {
      for (const name of Object.keys(fieldsAt(entry, 'fieldsV1', field))) {
        const key = KEY.exec(name)?.[1];
        if (key !== undefined && keys.size < MAX_KEYS) keys.add(key);
      }
    }
  }
  if (keys.size === 0) return undefined;
  return Object.fromEntries([...keys].sort().map((key) => [key, NOT_READ]));
}

/** Who has set keys of the data of a Secret, and when each of them last wrote to the object: the order does not matter, and
 *  what else they set is left out. */
export function dataManagers(metadataOnly: Fields): readonly DataManager[] {
  const managers = listAt(metadataOnly, 'metadata', 'managedFields').flatMap((entry) => {
    const keys = Object.keys(fieldsAt(entry, 'fieldsV1', 'f:data')).flatMap(
      (field) => KEY.exec(field)?.[1] ?? [],
    );
    const manager = textAt(entry, 'manager') ?? '';
    const time = textAt(entry, 'time') ?? '';
    const isTold = keys.length > 0 && manager.length <= MAX_NAME && TIME.test(time);
    return isTold ? [{ manager, time, keys: keys.slice(0, MAX_KEYS).sort() }] : [];
  });
  return managers.slice(0, MAX_MANAGERS);
}

const MAX_MANAGERS = 50;
const MAX_NAME = 128;
/** As the API server writes it: RFC 3339 in UTC, to the second. */
const TIME = /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ$/;

function isHelmRelease(object: Fields): boolean {
  return (
    textAt(object, 'metadata', 'labels', 'owner') === 'helm' &&
    (textAt(object, 'metadata', 'name') ?? '').startsWith('sh.helm.release.')
  );
}
