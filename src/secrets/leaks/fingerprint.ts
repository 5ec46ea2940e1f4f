import { fingerprint } from '../../base/ids.ts';
import { isWeak } from './strength.ts';

/** What makes two places the same credential: a keyed fingerprint (HMAC-SHA-256) of the value, decoded.
 *
 *  A weak value (`root`, `postgres`, `password`) says nothing of that kind: two services that use it
 *  did not get it from one another. Its name goes into the fingerprint then, and the workload that the
 *  place belongs to, or where none is named there the folder: so it stays one credential in all copies of
 *  a workload's manifest, or within a folder, and becomes another one elsewhere. */
export function fingerprintOf(
  key: Uint8Array,
  value: string,
  place: { readonly name: string; readonly file: string; readonly workload?: string },
): string {
  if (!isWeak(value)) return fingerprint(key, value);
  const folder = place.file.slice(0, Math.max(0, place.file.lastIndexOf('/')));
  const around = place.workload === undefined ? folder : `workload ${place.workload}`;
  return fingerprint(key, `weak\0${around}\0${place.name}\0${value}`);
}
