import { isVersion } from '../paths/index.ts';
import type { Candidate } from './candidate.ts';
import type { Place } from './place.ts';
import { isPlural } from './text.ts';

/** Kinds that versions are written as: `/2010-04-01/Accounts`, `/1.1/statuses`, `/2/users`. */
const VERSION_MASKS: ReadonlySet<string> = new Set(['{date}', '{number}', '{integer}']);
const MAX_DEPTH = 3;
const MIN_REQUESTS = 20;
const MIN_BELOW = 2;
const MIN_SHARE = 0.5;

/** Whether a name is a version of the API: written as one; or a number or date that never changes, near
 *  the root, under which most of the API lies. */
export function isFixedVersion(
  { token, spelling, isTyped, views, requests }: Candidate,
  place: Place,
): boolean {
  if (!isTyped) return isVersion(token);
  if (!VERSION_MASKS.has(token) || place.depth >= MAX_DEPTH) return false;
  if (spelling === token || (!place.isParameter && isPlural(place.word))) return false;
  const below = new Set(views.flatMap((view) => view.below.map(({ word }) => word)));
  const total = place.views.reduce((sum, view) => sum + view.requests, 0);
  const ends = views.some((view) => view.ends.size > 0);
  return (
    !ends && requests >= MIN_REQUESTS && below.size >= MIN_BELOW && requests >= MIN_SHARE * total
  );
}
