import type { Endpoint, EndpointTraffic, ServiceRecord } from '../estate/index.ts';
import { toDay } from '../inventory/index.ts';
import { isPlatformPath, type JudgedEndpoint, nameOf, toRequests } from './endpoint-words.ts';
import type { Failure } from './failure.ts';

/** Asked for without credentials by browsers themselves. */
const PREFLIGHTS = new Set(['OPTIONS', 'HEAD']);

/** A sensitive endpoint that served requests without a credential. Careful in both directions:
 *
 *  - that requests came without one proves nothing, since they may all have been refused. Only where
 *    more were served than carried a credential, some were served without; so many are told;
 *  - where the source does not see credentials, nothing is said, neither good nor bad;
 *  - where the mesh lets only authenticated callers in, a source behind it sees no credential, and
 *    none is missing;
 *  - what takes credentials (a login) is asked without; and a tag that only its whole service has
 *    does not make an operation sensitive. */
export function unauthenticated(judged: JudgedEndpoint): Failure | undefined {
  const { endpoint, service, isPublic, now } = judged;
  const { traffic, method, template, id } = endpoint;
  if (!traffic || PREFLIGHTS.has(method) || isPlatformPath(template)) return undefined;
  const tags = ownTags(endpoint, service);
  const served = servedWithout(traffic);
  if (tags.length === 0 || served <= 0 || isBehindMtls(service)) return undefined;
  const count = `${toRequests(served)} since ${toDay(traffic.firstSeen, now)}`;
  return {
    control: 'inventory/unauthenticated-sensitive',
    subject: id,
    message: `${nameOf(judged)} handles ${tags.join(', ')} data, and served at least ${count} in which no credential was seen${isPublic ? ', as its specification allows' : ''}`,
    location: endpoint.implementedIn[0] ?? endpoint.declaredIn[0],
    ...(isPublic && { severity: 'low' }),
  };
}

/** How many requests were at least served without a credential, when the requests with one (or of
 *  which nothing is known) were all served. */
export function servedWithout({ requests, statuses, credentials }: EndpointTraffic): number {
  const without = credentials.none ?? 0;
  const served = Object.entries(statuses).reduce(
    (sum, [status, count]) => (/^2\d\d$/.test(status) ? sum + count : sum),
    0,
  );
  return served - (requests - without);
}

function ownTags({ sensitivity }: Endpoint, service: ServiceRecord | undefined): string[] {
  const ofService = new Set(service?.sensitivity.map(({ tag, because }) => `${tag} ${because}`));
  return sensitivity
    .filter(({ tag, because }) => tag !== 'credentials' && !ofService.has(`${tag} ${because}`))
    .map(({ tag }) => tag);
}

function isBehindMtls(service: ServiceRecord | undefined): boolean {
  const postures = service?.postures ?? [];
  return postures.length > 0 && postures.every(({ inbound }) => inbound === 'strict');
}
