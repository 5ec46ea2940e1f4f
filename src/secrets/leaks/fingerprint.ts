import { fingerprint } from '../../base/ids.ts';
import { isWeak } from './strength.ts';

/** What makes two places the same credential: a keyed fingerprint (HMAC-SHA-256) of the value, decoded.
 *
 *  A weak value (`root`, `postgres`, `password`) says nothing of that kind: two services that use it
 *  did not get it from one another. Name and folder of the place go into the fingerprint then, so that
 *  it stays one credential within a folder and becomes another one elsewhere. */
export function fingerprintOf(
  key: Uint8Array,
  value: string,
  place: { readonly name: string; readonly file: string },
): string {
  if (!isWeak(value)) return fingerprint(key, value);
  const folder = place.file.slice(0, Math.max(0, place.file.lastIndexOf('/')));
  return fingerprint(key, `weak\0${folder}\0${place.name}\0${value}`);
}
