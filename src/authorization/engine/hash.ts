/** FNV-1a over UTF-16 code units, in steps: only to find; whatever is found is compared. */
export const EMPTY_HASH = 0x811c9dc5 | 0;
const PRIME = 0x01000193;

export const hashStep = (hash: number, code: number): number => Math.imul(hash ^ code, PRIME);

export function hashOf(text: string): number {
  let hash = EMPTY_HASH;
  for (let at = 0; at < text.length; at++) hash = hashStep(hash, text.charCodeAt(at));
  return hash;
}
