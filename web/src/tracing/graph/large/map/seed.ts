/** A number from 0 to 1 that stands for a name, and for nothing else: what is placed by it stands there each time.
 *  @see FNV-1a, with the finish of MurmurHash3 */
export function seedOf(name: string): number {
  let hash = 0x811c9dc5;
  for (let at = 0; at < name.length; at++) {
    hash = Math.imul(hash ^ name.charCodeAt(at), 0x01000193);
  }
  hash = Math.imul(hash ^ (hash >>> 16), 0x85ebca6b);
  hash = Math.imul(hash ^ (hash >>> 13), 0xc2b2ae35);
  return ((hash ^ (hash >>> 16)) >>> 0) / 2 ** 32;
}

const GOLDEN_ANGLE = Math.PI * (3 - Math.sqrt(5));

/** Where the nth of so many stands on a disc of radius 1 that they fill evenly.
 *  @see Vogel 1979 */
export function sunflower(place: number, count: number): readonly [x: number, y: number] {
  const away = Math.sqrt((place + 0.5) / count);
  const angle = place * GOLDEN_ANGLE;
  return [away * Math.cos(angle), away * Math.sin(angle)];
}
