import { frameOf, type Place, parameterOf } from '../learning/index.ts';
import { cleanSegment, isClean, maskOf, segmentsOf } from '../paths/index.ts';
import type { Templates } from './endpoints.ts';

/** The template that a request falls under, by what was learnt; undefined where nothing like it was. */
export function match(
  root: Place,
  templates: Templates,
  maxDepth: number,
  method: string,
  path: string,
): string | undefined {
  let place: Place | undefined = root;
  for (const segment of segmentsOf(path).slice(0, maxDepth)) {
    const name = isClean(segment) ? segment : cleanSegment(segment);
    if (name !== '') place = next(place, name);
    if (place === undefined) return undefined;
  }
  return templates.get(place)?.get(method);
}

function next(place: Place, name: string): Place | undefined {
  const known = place.byToken.get(name);
  if (known) return known;
  const mask = maskOf(name);
  const masked = mask === undefined ? undefined : place.byToken.get(mask);
  return masked ?? parameterOf(place, frameOf(mask ?? name));
}
