import { isDeepStrictEqual } from 'node:util';
import type { Fields } from '../../base/pick.ts';
import { type KvMetadata, type KvPath, placeOf, withKv } from '../kv/index.ts';
import type { KvTarget } from '../model/index.ts';
import { contentOf, sorted } from './content.ts';
import { markerOf, mayReplace, type Seen, stateOf } from './marker.ts';
import type { DeliveryPlace, DeliveryPorts, Parcel } from './place.ts';

/** Custom metadata of a path: what anybody who lists it may know. */
const NAMES = {
  secret: 'reeve-secret',
  service: 'reeve-service',
  owner: 'reeve-owner',
  version: 'reeve-version',
  fingerprint: 'reeve-fingerprint',
  was: 'reeve-fingerprint-before',
  /** Versions of the path that Reeve wrote, and has not destroyed. */
  kept: 'reeve-versions',
} as const;
const MOST_CHARACTERS = 512;
/** The one on top, and the one that consumers may hold still. */
const KEPT = 2;

/** A path of a KV engine. What is to be written stands in its metadata before it is: whoever takes up a delivery that was
 *  killed in between knows it for Reeve's own. */
export const kvPlace: DeliveryPlace<KvTarget> = {
  name: (target) => `The path ${placeOf(target)}`,

  look: (ports, target, signal) => at(ports, target, signal, async ({ seen }) => seen),

  put: (ports, target, parcel, signal) =>
    at(ports, target, signal, async ({ path, metadata, seen }) => {
      const state = stateOf(seen, parcel);
      mayReplace(state, kvPlace.name(target), target);
      const content = contentOf(target, parcel.value);
      const fingerprint = fingerprintOf(ports, content);
      const isThere = seen?.fingerprint === fingerprint;
      // what others wrote is theirs to destroy
      const isOurs = state === 'same' || state === 'behind';
      const mine = keptOf(metadata).filter((number) => isOurs || number !== metadata.current);
      const kept = isThere ? mine : [...new Set([...mine, metadata.current + 1])];
      const was = (isThere ? seen.marker?.was : seen?.fingerprint) ?? '';
      const told = customOf(parcel, { fingerprint, was, kept });
      const custom = { ...othersOf(metadata), ...told };
      if (!isDeepStrictEqual(custom, metadata.custom)) await path.describe(custom);
      if (!isThere) await path.write(content, metadata.current);
      await path.destroy(outdated(kept, metadata));
    }),
};

interface Standing {
  readonly path: KvPath;
  readonly metadata: KvMetadata;
  readonly seen: Seen | undefined;
}

async function at<T>(
  ports: DeliveryPorts,
  target: KvTarget,
  signal: AbortSignal,
  use: (standing: Standing) => Promise<T>,
): Promise<T> {
  const admin = target.admin === null ? undefined : await ports.currentOf(target.admin);
  return withKv({ place: target, admin, signal }, async (path) => {
    const metadata = await path.metadata();
    const data = metadata.current === 0 ? undefined : await path.read(metadata.current);
    const seen = data && { marker: readMarker(metadata), fingerprint: fingerprintOf(ports, data) };
    return use({ path, metadata, seen });
  });
}

const readMarker = ({ custom }: KvMetadata) =>
  markerOf({
    secret: custom[NAMES.secret],
    version: custom[NAMES.version],
    fingerprint: custom[NAMES.fingerprint],
    was: custom[NAMES.was],
  });

const fingerprintOf = ({ fingerprint }: DeliveryPorts, data: Fields): string =>
  fingerprint(JSON.stringify(['kv', sorted(data)]));

function customOf(
  { secret, service, owner, version }: Parcel,
  about: { readonly fingerprint: string; readonly was: string; readonly kept: readonly number[] },
): Readonly<Record<string, string>> {
  const custom = {
    [NAMES.secret]: secret,
    [NAMES.service]: service,
    [NAMES.owner]: owner ?? '',
    [NAMES.version]: String(version),
    [NAMES.fingerprint]: about.fingerprint,
    [NAMES.was]: about.was,
    // the oldest of them is destroyed behind this, and those before it were
    [NAMES.kept]: about.kept.slice(-KEPT - 1).join(','),
  };
  // the engine takes no empty text
  const told = Object.entries(custom).filter(([, text]) => text !== '');
  return Object.fromEntries(told.map(([name, text]) => [name, text.slice(0, MOST_CHARACTERS)]));
}

const OURS: ReadonlySet<string> = new Set(Object.values(NAMES));

const othersOf = ({ custom }: KvMetadata): Readonly<Record<string, string>> =>
  Object.fromEntries(Object.entries(custom).filter(([name]) => !OURS.has(name)));

const keptOf = ({ custom }: KvMetadata): number[] =>
  (custom[NAMES.kept] ?? '')
    .split(',')
    .map(Number)
    .filter((number) => Number.isInteger(number) && number > 0);

function outdated(kept: readonly number[], { versions }: KvMetadata): number[] {
  const destroyed = new Set(
    versions.filter(({ state }) => state === 'destroyed').map(({ number }) => number),
  );
  return kept.slice(0, -KEPT).filter((number) => !destroyed.has(number));
}
