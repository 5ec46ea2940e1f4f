import type { Endpoint, EndpointTraffic } from '../estate/index.ts';
import { isOver, type Standing } from './decisions.ts';

interface Reviewed {
  readonly endpoint: Pick<
    Endpoint,
    'status' | 'visibility' | 'implementedIn' | 'changes' | 'owner'
  >;
  readonly standing: Standing;
  readonly traffic: EndpointTraffic | undefined;
  readonly isCalled: boolean;
  readonly now: string;
}

type Reason = NonNullable<Endpoint['review']>;

/** Why an endpoint waits in its owner's queue, the weightiest reason; null where nobody needs to look.
 *  What a person has settled waits no more: an accepted risk until its date, a deprecated endpoint
 *  until its own, a blocked one unless it is called all the same. */
export function reviewOf(reviewed: Reviewed): Reason | null {
  if (reviewed.endpoint.visibility !== 'shown') return null;
  const reason = REASONS.find(([, holds]) => holds(reviewed))?.[0];
  const { accept } = reviewed.standing;
  if (reason === undefined || accept === undefined) return reason ?? null;
  return isOver(accept.until, reviewed.now) ? 'acceptance-ended' : null;
}

const REASONS: readonly (readonly [Reason, (reviewed: Reviewed) => boolean])[] = [
  [
    'sunset-passed',
    ({ endpoint, standing, isCalled, now }) =>
      isSunset(standing, now) && (isCalled || endpoint.implementedIn.length > 0),
  ],
  ['shadow', (one) => one.endpoint.status === 'shadow' && !isSettled(one)],
  ['zombie', (one) => one.endpoint.status === 'zombie' && !isSettled(one)],
  ['changed', ({ endpoint }) => endpoint.changes.length > 0],
  ['unowned', ({ endpoint }) => endpoint.status === 'unowned'],
];

/** Whether the date of a person's deprecation is over. */
export function isSunset({ deprecate }: Standing, now: string): boolean {
  return deprecate !== undefined && isOver(deprecate.until, now);
}

function isSettled({ standing, traffic, now }: Reviewed): boolean {
  if (isCalledAfterBlock(standing.block?.at, traffic)) return false;
  return (
    standing.block !== undefined || (standing.deprecate !== undefined && !isSunset(standing, now))
  );
}

/** Whether an endpoint was called after it was blocked (RFC 3339), as far as traffic tells. */
export function isCalledAfterBlock(
  blockedAt: string | undefined,
  traffic: Pick<EndpointTraffic, 'lastSeen'> | null | undefined,
): boolean {
  if (blockedAt === undefined || !traffic) return false;
  return Date.parse(traffic.lastSeen) > Date.parse(blockedAt);
}
