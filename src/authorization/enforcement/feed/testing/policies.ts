import type { Grant, Policy, PolicyService } from '../../../model/index.ts';
import { sampleGrant, sampleIdentity, sampleService } from '../../../testing/samples.ts';

export const ORDERS = 'production/shop/orders';
export const WEB = 'production/shop/web';
export const MAIL = 'production/shop/mail';

export const identityOf = sampleIdentity;

/** A service of tests, with an identity of its own. */
export const serviceWith = (id: string, said: Partial<PolicyService> = {}): PolicyService =>
  sampleService(id, {
    ...{ owner: 'team-shop', criticality: 'high', sensitivity: ['pii'], groups: ['checkout'] },
    ...said,
  });

export const grantOf = (from: string, to: string, operation: string): Grant =>
  sampleGrant(from, to, operation, 7);

/** Web may read orders; mail is there, and calls nobody. */
export const SHOP: Policy = {
  services: [serviceWith(ORDERS), serviceWith(WEB), serviceWith(MAIL)],
  endpoints: [],
  grants: [grantOf(WEB, ORDERS, 'GET /orders/{id}')],
  guardrails: [],
};
