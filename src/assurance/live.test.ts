import { describe, expect, it } from 'vitest';
import {
  type EndpointFact,
  type EndpointTraffic,
  endpointId,
  type Fact,
  type ServiceFact,
  type Source,
  toRecords,
} from '../estate/index.ts';
import { someDecision, someEndpoint, someService } from '../inventory/testing/facts.ts';
import { someTraffic } from '../inventory/testing/traffic.ts';
import { judge } from './index.ts';
import type { JudgeOptions } from './judge.ts';
import { servedWithout } from './unauthenticated.ts';

const NOW = '2026-05-20T12:00:00.000Z';

const TEAM = { owner: { owner: 'team', rank: 'declaration' } } as const;
const service = (id: string, more: Partial<ServiceFact> = {}) =>
  someService(id, { ...TEAM, ...more });
const PAYMENTS = service('live/shop/payments');
const ID = endpointId(PAYMENTS.id, 'http', 'POST', '/v1/refunds');

function said(how: Source['how'], more: Partial<EndpointFact> = {}): EndpointFact {
  const asked = { service: PAYMENTS.id, method: 'POST', template: '/v1/refunds' };
  return someEndpoint(how, { ...asked, ...more }, more);
}
const decided = (decision: object, at?: string): EndpointFact => someDecision(ID, decision, at);
type Traffic = Readonly<Record<string, Partial<EndpointTraffic>>>;
function judged(facts: readonly Fact[], traffic: Traffic = {}, options: JudgeOptions = {}) {
  const counted = Object.entries(traffic).map(([id, some]) => [id, someTraffic(some)] as const);
  return judge(toRecords([PAYMENTS, ...facts]), NOW, new Map(counted), options);
}
function messages(facts: readonly Fact[], traffic: Traffic = {}): string[] {
  return judged(facts, traffic).findings.map(
    ({ control, severity, message }) => `${control} ${severity}: ${message}`,
  );
}
const declared = said('declared');
const observed = said('observed');
const WEB = service('live/shop/web');
const called = {
  [ID]: {
    requests: 1_204,
    callers: [{ service: WEB.id, requests: 1_204, isProved: false }],
  },
};

describe('the findings of an endpoint', () => {
  const cases: [sentence: string, facts: Fact[], traffic: Traffic, want: string[]][] = [
    [
      'that is called and not declared name requests, since when, and callers',
      [WEB, observed],
      called,
      [
        'inventory/shadow-endpoint high: POST /v1/refunds of payments is called (1,204 requests since 3 May, from web) but not declared',
      ],
    ],
    [
      'that is implemented and called name both',
      [said('implemented'), observed],
      { [ID]: { requests: 1 } },
      [
        'inventory/shadow-endpoint high: POST /v1/refunds of payments is implemented and called (1 request since 3 May) but not declared',
      ],
    ],
    [
      'of which only calls are known name no count',
      [observed],
      {
        [ID]: {
          requests: 0,
          statuses: {},
          callers: [{ service: 'cron', requests: 1, isProved: false }],
        },
      },
      [
        'inventory/shadow-endpoint high: POST /v1/refunds of payments is called (since 3 May, from cron) but not declared',
      ],
    ],
    ['that is a probe are none', [said('observed', { doubt: 'probe' })], called, []],
    [
      'that is accepted are none',
      [observed, decided({ action: 'accept', until: '2026-05-20' })],
      called,
      [],
    ],
    [
      'that was accepted until yesterday are told again',
      [WEB, observed, decided({ action: 'accept', until: '2026-05-19' })],
      called,
      [expect.stringContaining('inventory/shadow-endpoint')],
    ],
    ['that a person adopted are none', [observed, decided({ action: 'adopt' })], called, []],
    [
      'that is deprecated and called name both',
      [WEB, said('declared', { deprecated: true }), observed],
      called,
      [
        'inventory/zombie-endpoint high: POST /v1/refunds of payments is deprecated and still called (1,204 requests since 3 May, from web)',
      ],
    ],
    [
      'of a retired service say so',
      [service(PAYMENTS.id, { retired: true }), declared, observed],
      {},
      [
        'inventory/zombie-endpoint high: POST /v1/refunds of payments is of a retired service and still called',
      ],
    ],
    [
      'that has a date to come weigh less',
      [declared, decided({ action: 'deprecate', until: '2026-06-01' })],
      { [ID]: {} },
      [
        'inventory/zombie-endpoint low: POST /v1/refunds of payments is deprecated until 1 Jun and still called (100 requests since 3 May)',
      ],
    ],
    [
      'whose date is past weigh in full',
      [declared, decided({ action: 'deprecate', until: '2026-05-01' })],
      { [ID]: {} },
      [expect.stringMatching(/^inventory\/zombie-endpoint high: .* until 1 May and still/)],
    ],
    [
      'that is blocked and called after it',
      [WEB, observed, decided({ action: 'block' })],
      called,
      [
        'inventory/blocked-endpoint-called high: POST /v1/refunds of payments is blocked since 10 May, and was still called (1,204 requests since 3 May, from web), last on 19 May',
      ],
    ],
    [
      'that is blocked and not called after it are none',
      [observed, decided({ action: 'block' }, '2026-05-19T10:00:00.000Z')],
      called,
      [],
    ],
    [
      'that was accepted before it was blocked',
      [
        observed,
        decided({ action: 'accept', until: '2026-06-01' }, '2026-05-01T00:00:00.000Z'),
        decided({ action: 'block' }),
      ],
      called,
      [expect.stringContaining('inventory/blocked-endpoint-called')],
    ],
    [
      'that was accepted after it was blocked are none',
      [
        observed,
        decided({ action: 'accept', until: '2026-06-01' }, '2026-05-11T00:00:00.000Z'),
        decided({ action: 'block' }),
      ],
      called,
      [],
    ],
    [
      'that changed name what',
      [said('declared', { parameters: ['page'], responses: ['200'] })],
      { [ID]: { parameters: ['debug'], statuses: { 202: 5 } } },
      [
        'inventory/changed-endpoint medium: POST /v1/refunds of payments has changed: the query parameter `debug` is called with and not in the specification; the status 202 is answered and not in the specification',
      ],
    ],
    [
      'that lost its authentication weigh more',
      [declared],
      {
        [ID]: {
          changes: [{ what: 'authentication', value: 'none', since: '2026-05-15T00:00:00.000Z' }],
        },
      },
      [expect.stringContaining('inventory/changed-endpoint high')],
    ],
  ];
  it.each(cases)('%s', (_, facts, traffic, want) => {
    expect(messages(facts, traffic)).toEqual(want);
  });

  it('do not count what is hidden, nor do the answers', () => {
    const hidden = said('observed', { doubt: 'unstable' });
    expect(judged([hidden], called).answers.endpointsInventoried).toEqual({
      total: 0,
      satisfied: 0,
    });
    expect(judged([declared, hidden], called).answers.endpointsInventoried.total).toBe(1);
  });

  it('do not make a service critical by what only a scanner asked for', () => {
    const probe = said('observed', { doubt: 'probe', template: '/users/{id}/card-number' });
    const criticality = (facts: Fact[]) => judged(facts).services[0]?.criticality;
    expect(criticality([probe])).toBe('low');
    expect(criticality([said('observed', { template: '/users/{id}/card-number' })])).toBe('high');
  });
});

describe('an endpoint that nobody was seen to call', () => {
  const other = endpointId(PAYMENTS.id, 'http', 'POST', '/v1/charges');
  const charges = said('declared', { template: '/v1/charges' });
  const watched = (firstSeen: string, lastSeen = '2026-05-19T00:00:00.000Z') => ({
    [other]: { firstSeen, lastSeen },
  });
  const found = (facts: Fact[], traffic: Traffic) =>
    messages([charges, ...facts], traffic).filter((line) => line.includes('uncalled'));
  const cases: [sentence: string, facts: Fact[], traffic: Traffic, isTold: boolean][] = [
    [
      'for as long as its service is watched is told',
      [declared, said('implemented')],
      watched('2026-04-01T00:00:00.000Z'),
      true,
    ],
    [
      'for less than that is not',
      [declared, said('implemented')],
      watched('2026-05-01T00:00:00.000Z'),
      false,
    ],
    ['while nothing of its service was watched is not', [declared, said('implemented')], {}, false],
    [
      'since its service was last watched is not',
      [declared, said('implemented')],
      watched('2026-04-01T00:00:00.000Z', '2026-04-20T00:00:00.000Z'),
      false,
    ],
    [
      'and that is not there is dormant instead',
      [declared],
      watched('2026-04-01T00:00:00.000Z'),
      false,
    ],
    [
      'for long is told, though it once was called',
      [declared],
      { ...watched('2026-01-01T00:00:00.000Z'), [ID]: { lastSeen: '2026-04-01T00:00:00.000Z' } },
      true,
    ],
    [
      'since a week is not',
      [declared],
      { ...watched('2026-01-01T00:00:00.000Z'), [ID]: { lastSeen: '2026-05-12T00:00:00.000Z' } },
      false,
    ],
    [
      'and that the platform asks for is not',
      [said('implemented', { template: '/healthz' }), said('declared', { template: '/healthz' })],
      watched('2026-01-01T00:00:00.000Z'),
      false,
    ],
  ];
  it.each(cases)('%s', (_, facts, traffic, isTold) => {
    expect(found(facts, traffic)).toHaveLength(isTold ? 1 : 0);
  });
});

describe('a sensitive endpoint without a credential', () => {
  const sensitive = said('declared', { fields: ['cardNumber'] });
  const open = { requests: 100, statuses: { 200: 100 }, credentials: { none: 100 } };
  const posture = (inbound: 'strict' | 'permissive') =>
    service(PAYMENTS.id, { posture: { mesh: 'istio', inbound, because: 'x' } });
  const cases: [
    sentence: string,
    facts: Fact[],
    traffic: Partial<EndpointTraffic>,
    severity: string | undefined,
  ][] = [
    ['that serves is told', [sensitive], open, 'high'],
    ['that refuses is not', [sensitive], { ...open, statuses: { 401: 100 } }, undefined],
    [
      'where all that were served may have had one is not',
      [sensitive],
      { requests: 100, statuses: { 200: 60, 401: 40 }, credentials: { none: 40, token: 60 } },
      undefined,
    ],
    [
      'where more were served than had one is told',
      [sensitive],
      { requests: 100, statuses: { 200: 61, 401: 39 }, credentials: { none: 40, token: 60 } },
      'high',
    ],
    [
      'where the source sees none at all is not',
      [sensitive],
      { ...open, credentials: {} },
      undefined,
    ],
    [
      'whose statuses are not told is not',
      [sensitive],
      { ...open, statuses: { 0: 100 } },
      undefined,
    ],
    ['that is not sensitive is not', [declared], open, undefined],
    [
      'that takes credentials is not',
      [said('declared', { fields: ['password'] })],
      open,
      undefined,
    ],
    [
      'that is sensitive by its service alone is not',
      [service(PAYMENTS.id, { sensitivity: [{ tag: 'pii', because: 'reeve.yaml' }] }), declared],
      open,
      undefined,
    ],
    [
      'behind a mesh that lets only known callers in is not',
      [posture('strict'), sensitive],
      open,
      undefined,
    ],
    ['behind a mesh that lets others in is told', [posture('permissive'), sensitive], open, 'high'],
    [
      'whose specification wants it so weighs little',
      [said('declared', { fields: ['cardNumber'], security: 'none' })],
      open,
      'low',
    ],
  ];
  it.each(cases)('%s', (_, facts, traffic, severity) => {
    const found = judged(facts, { [ID]: traffic }).findings.filter(
      ({ control }) => control === 'inventory/unauthenticated-sensitive',
    );
    expect(found.map((finding) => finding.severity)).toEqual(severity ? [severity] : []);
  });

  it('is told by no more requests than are sure', () => {
    const traffic = {
      requests: 100,
      statuses: { 200: 61, 204: 4, 500: 35 },
      credentials: { none: 40 },
    };
    expect(servedWithout(someTraffic(traffic))).toBe(5);
    expect(messages([sensitive], { [ID]: traffic }).join()).toContain(
      'handles pci data, and served at least 5 requests since 3 May in which no credential was seen',
    );
  });
});

describe('environments', () => {
  const STAGED = service('uat/shop/payments');
  const facts = [
    STAGED,
    declared,
    said('declared', { service: STAGED.id, template: '/v1/charges' }),
  ];
  const told = (options: JudgeOptions = {}) =>
    judged([...facts, said('implemented')], {}, options).findings.filter(
      ({ control }) => control === 'inventory/production-only-endpoint',
    );

  it('tell what runs in production and was never staged', () => {
    expect(told().map(({ message }) => message)).toEqual([
      'POST /v1/refunds of payments runs in live, and was never seen, declared or configured in uat',
    ]);
  });
  it('are for what the configuration says', () => {
    expect(told({ stages: { uat: 'other' } })).toEqual([]);
    expect(told({ stages: { live: 'other' } })).toEqual([]);
  });
  it('show the same endpoint side by side', () => {
    const twin = said('declared', { service: STAGED.id });
    const endpoints = judged([...facts, observed, twin]).endpoints;
    expect(endpoints.find(({ id }) => id === ID)?.elsewhere).toEqual([
      { environment: 'uat', id: twin.id, status: 'dormant', observed: false },
    ]);
  });
});

describe('the criticality of endpoints', () => {
  const route = {
    via: 'Ingress',
    hosts: [],
    path: '/public',
    match: 'prefix' as const,
    methods: [],
    internet: true,
    source: { reader: 'test', how: 'configured' as const },
  };
  const of = (facts: Fact[], traffic: Traffic = {}) =>
    Object.fromEntries(
      judged(facts, traffic).endpoints.map(({ template, criticality, criticalityBecause }) => [
        template,
        `${criticality}: ${criticalityBecause}`,
      ]),
    );
  it('follows the route that leads to each', () => {
    const facts = [
      service(PAYMENTS.id, { route }),
      declared,
      said('declared', { template: '/public/a' }),
    ];
    expect(of(facts)).toEqual({
      '/v1/refunds': 'low: internal, few callers, no sensitive data known',
      '/public/a': 'medium: on the internet',
    });
  });
  it('counts callers that are seen and those that are declared, each once', () => {
    const callers = ['a', 'b', 'c', 'd'].map((name) => ({
      service: `live/shop/${name}`,
      requests: 1,
      isProved: false,
    }));
    const call = (from: string): Fact => ({
      entity: 'call',
      id: from,
      from,
      to: PAYMENTS.id,
      operation: 'POST /v1/refunds',
      evidence: 'x',
      source: { reader: 'test', how: 'declared' },
    });
    expect(of([declared, call('live/shop/a')], { [ID]: { callers } })['/v1/refunds']).toContain(
      'low',
    );
    expect(of([declared, call('live/shop/e')], { [ID]: { callers } })['/v1/refunds']).toBe(
      'medium: 5 callers',
    );
  });
  it('is what is declared for the service, where nothing closer is', () => {
    expect(of([service(PAYMENTS.id, { criticality: 'high' }), declared])['/v1/refunds']).toBe(
      'high: declared for its service',
    );
    expect(
      of([service(PAYMENTS.id, { criticality: 'high' }), said('declared', { criticality: 'low' })])[
        '/v1/refunds'
      ],
    ).toBe('low: declared');
  });
});
