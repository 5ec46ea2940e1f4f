import type { IncidentsConfig } from './config.ts';
import { isActive } from './states.ts';
import type { IncidentSummary } from './view.ts';

const DAY_MS = 86_400_000;
/** How much more than there is room for is not waited with. */
const OVERFULL = 1.1;

type Limits = Pick<IncidentsConfig, 'keepDays' | 'maxIncidents'>;

export const isOverfull = (count: number, { maxIncidents }: Limits): boolean =>
  count > maxIncidents * OVERFULL;

/** What goes: what is closed and old, and the oldest of what is more than there is room for, closed ones first. Pure.
 *  @param incidents the newest first
 *  @param now milliseconds since 1970 */
export function expired(
  incidents: readonly IncidentSummary[],
  { keepDays, maxIncidents }: Limits,
  now: number,
): ReadonlySet<IncidentSummary> {
  const byAge = incidents.toReversed();
  const closed = byAge.filter((one) => !isActive(one));
  const old = closed.filter(({ updatedAt }) => Date.parse(updatedAt) < now - keepDays * DAY_MS);
  const excess = Math.max(0, byAge.length - maxIncidents);
  return new Set([...old, ...[...closed, ...byAge.filter(isActive)].slice(0, excess)]);
}
