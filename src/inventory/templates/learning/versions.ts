import { isVersion } from '../paths/index.ts';
import type { Candidate } from './candidate.ts';
import type { Place } from './place.ts';
import { isPlural } from './text.ts';
import type { View } from './view.ts';

/** Kinds that versions are written as: `/2010-04-01/Accounts`, `/1.1/statuses`, `/2/users`. */
const VERSION_MASKS: ReadonlySet<string> = new Set(['{date}', '{number}', '{integer}']);
const MAX_DEPTH = 6;
const MIN_REQUESTS = 20;
const MIN_BELOW = 1;
/** With an operation at the version itself (`GET /3.0`), so many. */
const MIN_BELOW_AN_END = 3;
const MIN_SHARE = 0.5;

const DIGIT = /^[0-9]$/;
const MAX_VERSIONS = 3;
const VERSION_WORD = /^(?:v|version)$/i;
const MAX_NAMED_VERSIONS = 4;
const MIN_BELOW_VERSIONS = 5;
const MIN_REQUESTS_OF_VERSIONS = 50;

/** Whether a name is a version of the API: written as one; or a number or date that never changes, near
 *  the root, under which most of the API lies. */
export function isFixedVersion(
  { token, spelling, isTyped, views, requests }: Candidate,
  place: Place,
): boolean {
  if (!isTyped) return isVersion(token) || DIGIT.test(token);
  if (!VERSION_MASKS.has(token) || place.depth >= MAX_DEPTH) return false;
  if (spelling === token || (!place.isParameter && isPlural(place.word))) return false;
  const below = new Set(views.flatMap((view) => view.below.map(({ word }) => word)));
  const total = place.views.reduce((sum, view) => sum + view.requests, 0);
  const ends = views.some((view) => view.ends.size > 0);
  return (
    below.size >= (ends ? MIN_BELOW_AN_END : MIN_BELOW) &&
    requests >= MIN_REQUESTS &&
    requests >= MIN_SHARE * total
  );
}

/** Numbers below ten, of which there are two or three and no other, may be versions of a part of the API:
 *  `/oauth2/1/token` and `/oauth2/2/token`, but not `/users/1`. */
export function mayBeVersions(values: readonly string[], parent: string): boolean {
  return (
    values.length >= 2 &&
    values.length <= (VERSION_WORD.test(parent) ? MAX_NAMED_VERSIONS : MAX_VERSIONS) &&
    values.every((value) => DIGIT.test(value)) &&
    !parent.includes('{') &&
    !isPlural(parent)
  );
}

/** Much different follows versions, and nothing is asked of them by themselves. */
export function areVersions(views: readonly View[]): boolean {
  const below = new Set(views.flatMap((view) => view.below.map(({ token }) => token)));
  const requests = views.reduce((sum, view) => sum + view.requests, 0);
  return (
    views.every(({ ends }) => ends.size === 0) &&
    below.size >= MIN_BELOW_VERSIONS &&
    requests >= MIN_REQUESTS_OF_VERSIONS
  );
}
