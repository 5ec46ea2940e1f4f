import { basename, dirname, join } from 'node:path';
import { quote } from '../../../base/fault.ts';
import { pick, textAt } from '../../../base/pick.ts';
import type { FileTarget } from '../../model/index.ts';
import { fileTextOf } from '../content.ts';
import { type Marker, markerOf, mayReplace, type Seen, stateOf } from '../marker.ts';
import type { DeliveryPlace, DeliveryPorts, Parcel } from '../place.ts';
import { type FileSeen, type Manner, readWhole, resolveWithin, writeWhole } from './folder.ts';
import { reload } from './reload.ts';

const nameOf = ({ path }: FileTarget): string => `The file ${quote(path, 200)}`;

/** What stands in the file beside it. */
interface FileMarker extends Marker {
  /** Who uses the file has been told of it. */
  readonly isTold: boolean;
}

interface Standing extends Seen {
  readonly marker: FileMarker | undefined;
  readonly file: FileSeen;
}

/** A file of this host, and who is told that it is new. */
export const filePlace: DeliveryPlace<FileTarget> = {
  name: nameOf,
  look: async (ports, target) => (await stand(ports, target)).seen,

  async put(ports, target, parcel) {
    const { path, seen, marker } = await stand(ports, target);
    mayReplace(stateOf(seen, parcel), nameOf(target), target);
    const text = fileTextOf(target, parcel.value);
    const fingerprint = fingerprintOf(ports, text);
    const isThere = seen?.fingerprint === fingerprint && hasManner(seen.file, mannerOf(target));
    const isMarked =
      marker?.fingerprint === fingerprint &&
      marker.secret === parcel.secret &&
      marker.version === parcel.version;
    if (isThere && isMarked) return;
    const was = seen?.fingerprint ?? '';
    const isTold = isThere && (marker?.isTold ?? false);
    await mark(path, parcel, { fingerprint, was, isTold });
    if (!isThere) await writeWhole(path, text, mannerOf(target));
  },

  async bringOn(ports, target, parcel, signal) {
    const { path, marker } = await stand(ports, target);
    if (marker === undefined || marker.isTold) return;
    if (target.reload !== undefined) await reload(ports, target.reload, signal);
    await mark(path, parcel, { ...marker, isTold: true });
  },
};

async function stand(ports: DeliveryPorts, target: FileTarget) {
  const path = await resolveWithin(target.path, ports.config.files.folders);
  const file = await readWhole(path);
  const marker = readMarker((await readWhole(markerPath(path)))?.text ?? '');
  const seen: Standing | undefined = file && {
    marker,
    fingerprint: fingerprintOf(ports, file.text),
    file,
  };
  return { path, seen, marker };
}

const markerPath = (path: string): string => join(dirname(path), `.${basename(path)}.reeve`);

const fingerprintOf = ({ fingerprint }: DeliveryPorts, text: string): string =>
  fingerprint(JSON.stringify(['file', text]));

const mannerOf = ({ mode, owner }: FileTarget): Manner => ({
  mode: Number.parseInt(mode, 8),
  owner,
});

const hasManner = (file: FileSeen, { mode, owner }: Manner): boolean =>
  file.mode === mode &&
  (owner === undefined || (file.user === owner.user && file.group === owner.group));

function readMarker(text: string): FileMarker | undefined {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    return undefined;
  }
  const marker = markerOf({
    secret: textAt(value, 'secret'),
    version: textAt(value, 'version'),
    fingerprint: textAt(value, 'fingerprint'),
    was: textAt(value, 'was'),
  });
  return marker && { ...marker, isTold: pick(value, 'isTold') === true };
}

async function mark(
  path: string,
  { secret, version }: Parcel,
  { fingerprint, was, isTold }: Pick<FileMarker, 'fingerprint' | 'was' | 'isTold'>,
): Promise<void> {
  const text = `${JSON.stringify({ secret, version, fingerprint, was, isTold })}\n`;
  await writeWhole(markerPath(path), text, { mode: 0o600, owner: undefined });
}
