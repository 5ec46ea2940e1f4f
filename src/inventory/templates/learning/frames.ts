import type { Candidate } from './candidate.ts';
import type { Place } from './place.ts';

const ENDING = /^\{\}\.\w+$/;
/** Endings that tell a representation rather than a file, where they are the only ones. */
const REPRESENTATION = /\.(?:json|jsonp|js|xml|atom|rss|ya?ml|geojson|kml|ics)$/i;
/** A value, and the representation of what it names that is wanted. */
const REPRESENTED = '{}.{}';

/** Values by the frame of the parameter that takes them. A file's name is a value as a whole (`{name}`
 *  for `a.pdf`, `b.png`), while the ending of a representation (`{id}.json`), and one of numbers and the
 *  like (`{id}.pdf`), belongs to the route; several representations are one route (`{id}.{format}`). */
export function uniteFrames(values: readonly Candidate[]): Map<string, Candidate[]> {
  const byFrame = Map.groupBy(values, ({ frame }) => frame);
  const endings = new Set(byFrame.keys().filter((frame) => ENDING.test(frame)));
  const [ending = ''] = endings;
  const areRouted = endings.keys().every((frame) => REPRESENTATION.test(frame));
  if (areRouted && endings.size > 1) return united(values, endings, REPRESENTED);
  if (areRouted || (endings.size === 1 && (byFrame.get(ending) ?? []).every(isNumbered))) {
    return byFrame;
  }
  return united(values, endings, '{}');
}

function united(
  values: readonly Candidate[],
  frames: ReadonlySet<string>,
  as: string,
): Map<string, Candidate[]> {
  return Map.groupBy(values, ({ frame }) => (frames.has(frame) ? as : frame));
}

/** Literals that several representations are asked of (`list.json`, `list.xml`), by what they are then
 *  (`list.{}`); what a template known beforehand names stays by itself. */
export function uniteRepresentations(literals: readonly Candidate[]): Map<string, Candidate[]> {
  const represented = literals.filter(
    ({ token, asLiteral }) => asLiteral.length === 0 && REPRESENTATION.test(token),
  );
  const byStem = Map.groupBy(represented, ({ token }) => token.replace(REPRESENTATION, '.{}'));
  return new Map(byStem.entries().filter(([, group]) => group.length > 1));
}

/** The parameter that takes a name or a mask of this frame. */
export function parameterOf(place: Place, frame: string): Place | undefined {
  return (
    place.parameter(frame) ??
    (REPRESENTATION.test(frame) ? place.parameter(REPRESENTED) : undefined) ??
    place.parameter('{}')
  );
}

function isNumbered({ token }: Candidate): boolean {
  return /^\{(?:integer|uuid|ulid)\}/.test(token);
}
