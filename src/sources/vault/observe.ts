import { kvKeyOf } from '../../base/kv-path.ts';
import { fieldsAt, textAt, textsAt } from '../../base/pick.ts';
import type { CredentialObservation } from '../../estate/index.ts';
import { ownerInLabels } from '../labels.ts';

/** Where a secret of a store is. */
export interface StorePlace {
  /** The store's name in the configuration. */
  readonly store: string;
  readonly url: string;
  readonly namespace?: string | undefined;
  readonly mount: string;
  readonly path: string;
}

/** What the metadata of a secret say of it; undefined: its latest version is deleted or destroyed. Its `custom_metadata`
 *  may name its `owner` (or `team`), `service`, `kind` and `rotation`. Pure.
 *  @param metadata as the API answers
 *  @param now milliseconds since 1970 */
export function toCredential(
  place: StorePlace,
  metadata: unknown,
  now: number,
): CredentialObservation | undefined {
  const data = fieldsAt(metadata, 'data');
  const current = textAt(data, 'current_version') ?? '';
  const version = fieldsAt(data, 'versions', current);
  const ends = timeOf(textAt(version, 'deletion_time'));
  const isGone =
    textAt(version, 'destroyed') === 'true' || (ends !== undefined && Date.parse(ends) <= now);
  if (current === '' || current === '0' || isGone) return undefined;
  const custom = textsAt(data, 'custom_metadata');
  const created = timeOf(textAt(data, 'created_time'));
  const changed = timeOf(textAt(version, 'created_time')) ?? timeOf(textAt(data, 'updated_time'));
  const owner = ownerInLabels(custom);
  const file = `store ${place.store}: ${place.mount}/${place.path}`;
  const { service, rotation, kind } = custom;
  return {
    kind: 'credential',
    ...(service && { subject: { by: 'name', name: cut(service) } }),
    name: place.path,
    credentialKind: kind ? cut(kind) : 'secret',
    keys: [kvKeyOf(place)],
    location: { file, in: 'secret' },
    ...(owner && { owner }),
    ...(rotation && { rotation: cut(rotation) }),
    ...(created && { created }),
    ...(changed && { lastRotated: changed }),
    ...(ends && { expires: ends }),
    source: { reader: 'vault', how: 'configured', file },
  };
}

const LONGEST = 200;
const cut = (text: string): string => text.slice(0, LONGEST);

/** As stores write times, to the nanosecond; the zero time and what is none are undefined. */
function timeOf(text: string | undefined): string | undefined {
  const time = Date.parse(text ?? '');
  return Number.isNaN(time) || time <= 0 ? undefined : new Date(time).toISOString();
}
