import { z } from 'zod';
import { Fault, quote } from '../../../../base/fault.ts';
import { type Operation, operation } from '../../operation.ts';
import { Id, Reason } from '../texts.ts';
import { askingOf, PRINCIPAL, ReasonQuery } from './common.ts';
import type { FederationPort, IdentityRoutesPorts } from './ports.ts';
import { FederationView } from './views.ts';

const PATH = '/api/v1/identity/federation';
const OneDomain = z.strictObject({ trustDomain: Id });
/** A bundle, and certificates of the web. */
const MAX_BODY_BYTES = 2 * 1_024 * 1_024;

/** Trust in other trust domains. */
export function federationOperations(ports: IdentityRoutesPorts): Operation[] {
  const federation = (): FederationPort => ports.federation ?? noFederation();
  return [
    operation({
      ...PRINCIPAL,
      id: 'list-federation',
      method: 'GET',
      path: PATH,
      summary: 'The trust domains that are trusted beside this one, and how their bundles stand',
      status: 200,
      response: z.strictObject({ items: z.array(FederationView) }),
      handle: () => ({ items: ports.federation?.statuses() ?? [] }),
    }),
    operation({
      ...PRINCIPAL,
      id: 'set-federation',
      method: 'POST',
      path: PATH,
      summary: 'Trusts another trust domain, whose bundle is fetched from its endpoint',
      body: z.strictObject({
        /** `trustDomain`, `url` and `profile`; with `https_spiffe` also `endpointSpiffeId`, `bundle`. */
        relation: z.looseObject({ trustDomain: Id }),
        reason: Reason,
      }),
      maxBodyBytes: MAX_BODY_BYTES,
      status: 200,
      response: FederationView,
      handle: async ({ body: { relation, reason }, principal }) => {
        await federation().set(relation, askingOf(principal, reason));
        return statusOf(federation(), relation.trustDomain);
      },
    }),
    operation({
      ...PRINCIPAL,
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
      ...PRINCIPAL,
      id: 'refresh-federation',
      method: 'POST',
      path: `${PATH}/{trustDomain}/refresh`,
      summary: 'Fetches the bundle of a trust domain now',
      params: OneDomain,
      status: 200,
      response: FederationView,
      handle: async ({ params: { trustDomain } }) => {
        await federation().refresh(trustDomain);
        return statusOf(federation(), trustDomain);
      },
    }),
  ];
}

function statusOf(federation: FederationPort, trustDomain: string): FederationView {
  const status = federation.statuses().find((one) => one.trustDomain === trustDomain);
  if (status) return status;
  const why = `There is no federation with ${quote(trustDomain, 200)}`;
  throw new Fault('identity/federation-not-found', why);
}

function noFederation(): never {
  throw new Fault('identity/federation-unavailable', 'Federation is not running on this server');
}
