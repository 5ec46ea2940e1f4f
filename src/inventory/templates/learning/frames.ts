import type { Candidate } from './candidate.ts';

const ENDING = /^\{\}\.\w+$/;
/** Endings that are part of a route rather than of a file's name, when they are the only ones. */
const ROUTED = /^\{\}\.(?:json|jsonp|xml|atom|rss)$/i;

/** Values by the frame of the parameter that takes them. A file's name is a value as a whole (`{name}`
 *  for `a.pdf`, `b.png`), while the ending of a representation (`{id}.json`, `{id}.xml`), and one of
 *  numbers and the like (`{id}.pdf`), belongs to the route. */
export function uniteFrames(values: readonly Candidate[]): Map<string, Candidate[]> {
  const byFrame = Map.groupBy(values, ({ frame }) => frame);
  const endings = [...byFrame.keys()].filter((frame) => ENDING.test(frame));
  const areRouted =
    endings.every((frame) => ROUTED.test(frame)) ||
    (endings.length === 1 && (byFrame.get(endings[0] ?? '') ?? []).every(isNumbered));
  if (areRouted) return byFrame;
  const isFile = new Set(endings);
  return Map.groupBy(values, ({ frame }) => (isFile.has(frame) ? '{}' : frame));
}

function isNumbered({ token }: Candidate): boolean {
  return /^\{(?:integer|uuid|ulid)\}/.test(token);
}
