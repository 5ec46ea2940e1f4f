import { describe, expect, it } from 'vitest';
import type { Endpoint } from '../../../src/estate/model.ts';
import { anEndpoint, aService } from '../../../src/estate/store/testing/estate.ts';
import {
  credentialWords,
  endpointsWords,
  environmentsOf,
  listed,
  statusReason,
  statusShares,
  type Traffic,
  toPercent,
  toRate,
} from './words.ts';

const NOW = Date.parse('2026-01-01T12:00:00Z');
const SERVICE = aService('orders').id;

const TRAFFIC: Traffic = {
  firstSeen: '2025-12-01T00:00:00Z',
  lastSeen: '2026-01-01T11:57:00Z',
  requests: 3,
  perMinute: 1.25,
  statuses: { 200: 98, 404: 1, 500: 1 },
  errorShare: 0.01,
  refusedShare: 0.01,
  callers: [],
  credentials: {},
  parameters: [],
  changes: [],
  sensitivity: [],
  templateFrom: 'learned',
};

describe('what the console says of endpoints', () => {
  it.each([
    ['governed', {}, 'It is declared, team-orders answers for it, and nothing contradicts it.'],
    [
      'shadow',
      { declaredIn: [], traffic: TRAFFIC },
      'It is implemented and called (last 3 minutes ago), but no specification declares it.',
    ],
    ['zombie', { deprecated: true }, 'It is deprecated, and still called.'],
    [
      'zombie',
      { traffic: TRAFFIC },
      'Its service is retired, and still called (last 3 minutes ago).',
    ],
    ['dormant', {}, 'It is declared, but neither implemented nor seen in traffic.'],
    ['unowned', { observed: false }, 'It is declared and implemented, but nobody answers for it.'],
  ] satisfies [Endpoint['status'], Partial<Endpoint>, string][])(
    'says why an endpoint is %s',
    (status, overrides, words) => {
      const endpoint = anEndpoint(SERVICE, '/orders', { status, ...overrides });
      expect(statusReason(endpoint, NOW)).toBe(words);
    },
  );

  it('says that what was hardly seen is not judged, whatever its status', () => {
    const unstable = anEndpoint(SERVICE, '/x', { visibility: 'unstable', traffic: TRAFFIC });
    expect(statusReason(unstable)).toContain('seen in 3 requests');
    const probe = anEndpoint(SERVICE, '/x', { visibility: 'probe', status: 'shadow' });
    expect(statusReason(probe)).toContain('404');
  });

  it.each([
    [0, 'idle'],
    [0.04, '< 0.1/min'],
    [1.25, '1.3/min'],
    [12.4, '12/min'],
    [12_345, '12,345/min'],
  ])('tells %d requests a minute as %s', (perMinute, words) => {
    expect(toRate(perMinute)).toBe(words);
  });

  it.each([
    [0, '0 %'],
    [0.000_01, 'under 0.1 %'],
    [0.012, '1.2 %'],
    [0.5, '50 %'],
    [0.999_99, 'over 99.9 %'],
    [1, '100 %'],
  ])('tells a share of %d as %s', (share, words) => {
    expect(toPercent(share)).toBe(words);
  });

  it('sorts statuses by code, with those that were not told at the end', () => {
    const shares = statusShares({ statuses: { 500: 1, 0: 2, 200: 7 } });
    expect(shares.map(({ status, share, tone }) => [status, share, tone])).toEqual([
      ['200', 0.7, 'good'],
      ['500', 0.1, 'bad'],
      ['not told', 0.2, 'plain'],
    ]);
    expect(statusShares({ statuses: {} })).toEqual([]);
  });

  it('never says that a credential was verified', () => {
    for (const kind of ['mtls', 'token', 'basic', 'api-key', 'cookie', 'none']) {
      expect(credentialWords(kind)).not.toMatch(/verif|valid|authenticat|proved/i);
    }
  });

  it('puts the environments side by side, its own among them', () => {
    const endpoint = anEndpoint(SERVICE, '/orders', {
      elsewhere: [
        { environment: 'development', id: 'd', status: 'dormant', observed: false },
        { environment: 'staging', id: 's', status: 'shadow', observed: true },
      ],
    });
    expect(environmentsOf(endpoint).map(({ environment }) => environment)).toEqual([
      'development',
      'production',
      'staging',
    ]);
  });

  it('lists words as a sentence does', () => {
    expect([[], ['a'], ['a', 'b'], ['a', 'b', 'c']].map(listed)).toEqual([
      'known',
      'a',
      'a and b',
      'a, b and c',
    ]);
  });

  it('names one endpoint, and counts several', () => {
    const one = anEndpoint(SERVICE, '/orders');
    expect(endpointsWords([one])).toBe('GET /orders of orders');
    expect(endpointsWords([one, one])).toBe('2 endpoints');
  });
});
