import { Engine } from '../../engine/index.ts';
import type { CalleeRules, Policy, PolicyService } from '../../model/index.ts';
import {
  NO_GUARDRAILS,
  sampleEndpoint,
  sampleGrant,
  sampleService,
} from '../../testing/samples.ts';
import type { TargetContext } from '../compiled.ts';
import { placementsOf } from '../placements.ts';

/** A small shop, of which every target makes an example. */

const serviceNamed = (name: string, more: Partial<PolicyService> = {}) =>
  sampleService(`default/shop/${name}`, { owner: `team-${name}`, ...more });

const grantOf = (from: string, to: string, operation: string, line: number) =>
  sampleGrant(`default/shop/${from}`, `default/shop/${to}`, operation, line);

const endpointOf = (name: string, operation: string, blocked = false) =>
  sampleEndpoint(`default/shop/${name}`, operation, { blocked });

export const SHOP: Policy = {
  services: [
    serviceNamed('web'),
    serviceNamed('orders'),
    serviceNamed('payments'),
    serviceNamed('reviews', { mode: 'shadow' }),
    serviceNamed('mail', { kind: 'external', identities: [] }),
  ],
  endpoints: [
    endpointOf('orders', 'GET /orders/me'),
    endpointOf('payments', 'DELETE /v1/charges/{id}', true),
  ],
  grants: [
    grantOf('web', 'orders', 'GET /orders/{id}', 9),
    grantOf('web', 'orders', 'GET /routes/{from}-{to}', 10),
    grantOf('web', 'orders', 'QUERY order', 11),
    grantOf('orders', 'payments', 'POST /v1/charges', 12),
    grantOf('orders', 'payments', 'GET /v1/charges/{id}', 12),
    grantOf('payments', 'payments', 'ANY /v1/charges/**', 7),
    grantOf('web', 'reviews', '*', 14),
    grantOf('orders', 'mail', 'POST /send', 13),
  ],
  guardrails: [],
};

export const SHOP_RULES: readonly CalleeRules[] = new Engine(SHOP, NO_GUARDRAILS).rules();

export const SHOP_CONTEXT: TargetContext = {
  placements: placementsOf(
    SHOP.services,
    SHOP.services
      .filter(({ kind }) => kind === 'workload')
      .map(({ namespace, name }) => ({
        namespace,
        name,
        kind: 'Deployment',
        service: name,
        labels: { app: name },
        serviceAccount: name,
        ports: [{ name: 'http', number: 8080, transport: 'TCP' }],
        hostNetwork: false,
        source: { reader: 'kubernetes', how: 'configured', file: `k8s/${name}.yaml`, line: 1 },
      })),
  ),
  trustDomain: 'example.org',
  policy: SHOP,
  egress: false,
};
