import type { Grant, Policy, PolicyService } from '../../../model/index.ts';

export const ORDERS = 'production/shop/orders';
export const WEB = 'production/shop/web';
export const MAIL = 'production/shop/mail';

/** `spiffe://example.org/ns/shop/sa/orders` for `production/shop/orders`. */
export const identityOf = (id: string): string =>
  `spiffe://example.org/ns/shop/sa/${id.slice(id.lastIndexOf('/') + 1)}`;

/** A service of tests, with an identity of its own. */
export function serviceWith(id: string, said: Partial<PolicyService> = {}): PolicyService {
  const [environment = '', namespace = '', name = ''] = id.split('/');
  return {
    ...{ id, environment, namespace, name, kind: 'workload', identities: [identityOf(id)] },
    ...{ owner: 'team-shop', criticality: 'high', sensitivity: ['pii'], exposure: 'internal' },
    ...{ groups: ['checkout'], mode: 'enforce' },
    ...said,
  };
}

export const grantOf = (from: string, to: string, operation: string, line = 7): Grant => ({
  from,
  to,
  operation,
  source: { reader: 'declarations', how: 'declared', file: 'web/reeve.yaml', line },
});

/** Web may read orders; mail is there, and calls nobody. */
export const SHOP: Policy = {
  services: [serviceWith(ORDERS), serviceWith(WEB), serviceWith(MAIL)],
  endpoints: [],
  grants: [grantOf(WEB, ORDERS, 'GET /orders/{id}')],
  guardrails: [],
};
