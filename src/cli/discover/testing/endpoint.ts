import type { DiscoveredEndpoint } from '../discovery.ts';

/** What was discovered of one endpoint, for tests: `GET /orders/{id}`, asked for once. */
export function someDiscovered(overrides: Partial<DiscoveredEndpoint> = {}): DiscoveredEndpoint {
  return {
    service: 'orders',
    protocol: 'http',
    method: 'GET',
    template: '/orders/{id}',
    templateFrom: 'learned',
    requests: 1,
    statuses: {},
    examples: [],
    firstSeen: '',
    lastSeen: '',
    parameters: [],
    credentials: {},
    isOperational: false,
    ...overrides,
  };
}
