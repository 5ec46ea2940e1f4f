import { z } from 'zod';
import { Fault } from '../../../../base/fault.ts';
import { RelationWish } from '../../../../identity/federation/index.ts';
import { type Operation, operation } from '../../operation.ts';
import { Id, Reason } from '../texts.ts';
import { askingOf, READ, ReasonQuery, WRITE } from './common.ts';
import type { IdentityRoutesPorts } from './ports.ts';
import { FederationView, toFederationView } from './views.ts';

const PATH = '/api/v1/identity/federation';
const OneDomain = z.strictObject({ trustDomain: Id });
/** A bundle, and certificates of the web. */
const MAX_BODY_BYTES = 2 * 1_024 * 1_024;

/** Trust in other trust domains. */
export function federationOperations(ports: IdentityRoutesPorts): Operation[] {
  const federation = () => ports.federation ?? noFederation();
  return [
    operation({
      ...READ,
      id: 'list-federation',
      method: 'GET',
      path: PATH,
      summary: 'The trust domains that are trusted beside this one, and how their bundles stand',
      status: 200,
      response: z.strictObject({ items: z.array(FederationView) }),
      handle: () => ({ items: (ports.federation?.statuses() ?? []).map(toFederationView) }),
    }),
    operation({
      ...WRITE,
      id: 'set-federation',
      method: 'POST',
      path: PATH,
      summary: 'Trusts another trust domain, whose bundle is fetched from its endpoint',
      body: z.strictObject({ relation: RelationWish, reason: Reason }),
      maxBodyBytes: MAX_BODY_BYTES,
      status: 200,
      response: FederationView,
      handle: async ({ body: { relation, reason }, principal }) =>
        toFederationView(await federation().set(relation, askingOf(principal, reason))),
    }),
    operation({
      ...WRITE,
      id: 'remove-federation',
      method: 'DELETE',
      path: `${PATH}/{trustDomain}`,
      summary: 'Trusts a trust domain no longer, at once',
      params: OneDomain,
      query: ReasonQuery,
      status: 200,
      response: z.strictObject({ trustDomain: z.string() }),
      handle: async ({ params: { trustDomain }, query, principal }) => {
        await federation().remove(trustDomain, askingOf(principal, query.reason));
        return { trustDomain };
      },
    }),
    operation({
      ...WRITE,
      id: 'refresh-federation',
      method: 'POST',
      path: `${PATH}/{trustDomain}/refresh`,
      summary: 'Fetches the bundle of a trust domain now; the answer says how that went',
      params: OneDomain,
      status: 200,
      response: FederationView,
      handle: async ({ params }) =>
        toFederationView(await federation().refresh(params.trustDomain)),
    }),
  ];
}

function noFederation(): never {
  throw new Fault('identity/federation-unavailable', 'Federation is not running on this server');
}
