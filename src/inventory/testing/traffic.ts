import type { EndpointTraffic } from '../../estate/index.ts';

/** Traffic of one endpoint for tests: 100 good requests with a token in the first half of May 2026. */
export function someTraffic(overrides: Partial<EndpointTraffic> = {}): EndpointTraffic {
  return {
    firstSeen: '2026-05-03T10:00:00.000Z',
    lastSeen: '2026-05-19T10:00:00.000Z',
    requests: 100,
    perMinute: 1,
    statuses: { 200: 100 },
    errorShare: 0,
    refusedShare: 0,
    callers: [],
    credentials: { token: 100 },
    parameters: [],
    changes: [],
    sensitivity: [],
    templateFrom: 'learned',
    ...overrides,
  };
}
