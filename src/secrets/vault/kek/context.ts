import { encodeParts } from '../aead.ts';
import type { KekContext } from './kek.ts';

/** A context as associated data: the same bytes for the same members, in whatever order they come. */
export function contextBytes(context: KekContext): Buffer {
  const members = Object.entries(context).sort(([one], [other]) => (one < other ? -1 : 1));
  return encodeParts('reeve-kek.v1', ...members.flat());
}
