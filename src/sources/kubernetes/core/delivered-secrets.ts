import { listAt, textAt } from '../../../base/pick.ts';
import type { CredentialConcern, CredentialObservation } from '../../../estate/index.ts';
import { DATA_MANAGERS, type DataManager } from '../data-managers.ts';
import type { Resource } from '../resource.ts';

/** What the metadata of Secrets says of their values: whose copy one is, how old it is, and who has changed it. */

/** The secret that Reeve delivers there, as Reeve notes it; copies of the object have it too. */
const KEPT = 'reeve.dev/secret';
const KEPT_KEYS = 'reeve.dev/keys';
const OWN_MANAGER = 'reeve';

/** What operators note at a Secret that they copy from another one: `shop/orders-db`.
 *  @see kubernetes-reflector and kubernetes-replicator, their READMEs */
const COPIERS = [
  'reflector.v1.k8s.emberstack.com/reflects',
  'replicator.v1.mittwald.de/replicate-from',
];

/** Keys of the credentials that a key of a Secret is a copy of. */
export function copiedFrom({ annotations }: Resource, key: string): readonly string[] {
  const kept = annotations[KEPT];
  const origins = COPIERS.flatMap((annotation) => {
    const [, namespace, name] =
      /^([^/#\s]+)\/([^/#\s]+)$/.exec(annotations[annotation] ?? '') ?? [];
    return namespace === undefined ? [] : [`secret:${namespace}/${name}#${key}`];
  });
  return [...(kept !== undefined && isKept(annotations, key) ? [`kept:${kept}`] : []), ...origins];
}

/** When a Secret was made, and the latest time at which its value can have changed. */
export function timesOf(
  secret: Resource,
  key: string,
): Pick<CredentialObservation, 'created' | 'lastRotated'> {
  const created = textAt(secret.value, 'metadata', 'creationTimestamp');
  const changed = managersOf(secret, key)
    .map(({ time }) => time)
    .sort()
    .at(-1);
  if (changed === undefined) return {};
  return { ...(created !== undefined && { created: rfc(created) }), lastRotated: rfc(changed) };
}

/** Keys of a delivered Secret that somebody else has set since.
 *  @see Kubernetes, "Server-Side Apply: field management" */
export function editsOf(secret: Resource, key: string): readonly CredentialConcern[] {
  if (secret.annotations[KEPT] === undefined || !isKept(secret.annotations, key)) return [];
  return managersOf(secret, key)
    .filter(({ manager }) => manager !== OWN_MANAGER)
    .map(({ manager, time }) => ({
      problem: 'edited-by-hand',
      since: rfc(time),
      because: `${manager} has set the key ${key} of the Secret ${secret.namespace ?? ''}/${secret.name}`,
    }));
}

function isKept(annotations: Resource['annotations'], key: string): boolean {
  return (annotations[KEPT_KEYS] ?? '').split(',').includes(key);
}

function managersOf({ value }: Resource, key: string): readonly Omit<DataManager, 'keys'>[] {
  return listAt(value, DATA_MANAGERS).flatMap((entry) => {
    const [manager, time] = [textAt(entry, 'manager'), textAt(entry, 'time')];
    const hasSet = listAt(entry, 'keys').some((one) => textAt(one) === key);
    return hasSet && manager !== undefined && time !== undefined ? [{ manager, time }] : [];
  });
}

/** As Reeve writes times, to the millisecond. */
const rfc = (time: string): string => time.replace(/(:\d\d)Z$/, '$1.000Z');
