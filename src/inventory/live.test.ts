import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  type Endpoint,
  type EndpointFact,
  type EndpointTraffic,
  endpointId,
  type Fact,
  type Source,
  toRecords,
} from '../estate/index.ts';
import { type Circumstances, reconcile } from './reconciliation.ts';
import { someDecision, someEndpoint, someService } from './testing/facts.ts';
import { someTraffic } from './testing/traffic.ts';

const NOW = '2026-05-20T12:00:00.000Z';
const SERVICE = 'prod/shop/orders';
const ID = endpointId(SERVICE, 'http', 'GET', '/a');
const circumstances: Circumstances = {
  now: NOW,
  traffic: new Map(),
  activeDays: 30,
  gates: new Map(),
};
const service = someService(SERVICE);

function said(how: Source['how'], more: Partial<EndpointFact> = {}): EndpointFact {
  return someEndpoint(how, { service: SERVICE, method: 'GET', template: '/a', ...more }, more);
}
const decided = (decision: object, at?: string, id = ID): EndpointFact =>
  someDecision(id, decision, at);
function judged(facts: readonly Fact[], traffic?: Partial<EndpointTraffic>): Endpoint[] {
  return reconcile(toRecords([service, ...facts]), {
    ...circumstances,
    traffic: new Map(traffic ? [[ID, someTraffic(traffic)]] : []),
  });
}
const LONG_AGO = { firstSeen: '2026-01-01T00:00:00.000Z', lastSeen: '2026-04-01T00:00:00.000Z' };
const HOLD_EMAIL = { responses: { judged: 4, found: { email: 3 } } };
const IN_SAMPLES = 'found in payload samples: e-mail addresses in 3 of 4 responses';
const declared = said('declared');
const implemented = said('implemented');
const observed = said('observed');
const deprecated = said('declared', { deprecated: true });

describe('an endpoint', () => {
  const cases: [
    sentence: string,
    facts: Fact[],
    traffic: Partial<EndpointTraffic> | undefined,
    want: Partial<Endpoint>,
  ][] = [
    ['observed and counted is a shadow', [observed], {}, { status: 'shadow', observed: true }],
    ['deprecated and called lately is zombie', [deprecated, observed], {}, { status: 'zombie' }],
    [
      'deprecated and called long ago is none any more',
      [deprecated, observed],
      LONG_AGO,
      { status: 'governed', observed: true },
    ],
    [
      'declared and called long ago is not dormant, for it exists',
      [declared, observed],
      LONG_AGO,
      { status: 'governed', review: null },
    ],
    [
      'that only answered that there is nothing is a probe, and waits for nobody',
      [said('observed', { doubt: 'probe' })],
      { statuses: { 404: 9 } },
      { visibility: 'probe', review: null },
    ],
    [
      'seen too seldom is hidden and not discarded',
      [said('observed', { doubt: 'unstable' })],
      {},
      { visibility: 'unstable', review: null, status: 'shadow' },
    ],
    [
      'that one reporter is unsure of and another saw nothing at is unsure',
      [
        said('observed', { doubt: 'probe' }),
        said('observed', { doubt: 'unstable', source: { reader: 'b', how: 'observed' } }),
      ],
      {},
      { visibility: 'unstable' },
    ],
    [
      'that something else knows is shown, whatever it answered',
      [said('observed', { doubt: 'probe' }), implemented],
      {},
      { visibility: 'shown' },
    ],
    [
      'known elsewhere under another spelling is shown',
      [
        said('observed', { doubt: 'probe', template: '/b/{x}' }),
        said('declared', { template: '/b/{y}' }),
      ],
      undefined,
      { visibility: 'shown', template: '/b/{y}' },
    ],
    [
      'of a probe that a person adopts is shown, and declared',
      [said('observed', { doubt: 'probe' }), decided({ action: 'adopt' })],
      undefined,
      { visibility: 'shown', status: 'governed' },
    ],
    [
      'of a probe that a person blocks stays hidden',
      [said('observed', { doubt: 'probe' }), decided({ action: 'block' })],
      undefined,
      { visibility: 'probe', blocked: true },
    ],
    [
      'adopted is declared by a person',
      [observed, decided({ action: 'adopt' })],
      {},
      { status: 'governed', declaredIn: [], review: null },
    ],
    [
      'assigned has that owner, whatever is declared',
      [declared, implemented, decided({ action: 'assign', owner: 'team-b' })],
      undefined,
      { owner: 'team-b', status: 'governed' },
    ],
    [
      'assigned twice has the later owner',
      [
        declared,
        decided({ action: 'assign', owner: 'a-team' }, '2026-05-11T00:00:00.000Z'),
        decided({ action: 'assign', owner: 'b-team' }, '2026-05-12T00:00:00.000Z'),
        decided({ action: 'assign', owner: 'c-team' }, '2026-05-10T00:00:00.000Z'),
      ],
      undefined,
      { owner: 'b-team' },
    ],
    [
      'assigned only is as undeclared as before',
      [implemented, decided({ action: 'assign', owner: 'team-b' })],
      undefined,
      { status: 'shadow', owner: 'team-b', observed: false, review: 'shadow' },
    ],
    [
      'deprecated by a person is zombie while it is called, and waits for nobody until its date',
      [declared, observed, decided({ action: 'deprecate', until: '2026-05-20' })],
      {},
      { status: 'zombie', deprecated: true, review: null },
    ],
    [
      'deprecated by a person until yesterday waits',
      [declared, observed, decided({ action: 'deprecate', until: '2026-05-19' })],
      {},
      { status: 'zombie', review: 'sunset-passed' },
    ],
    [
      'deprecated until yesterday and gone is done with',
      [declared, decided({ action: 'deprecate', until: '2026-05-19' })],
      undefined,
      { status: 'dormant', review: null },
    ],
    [
      'blocked and not called since is settled',
      [observed, decided({ action: 'block' }, '2026-05-19T11:00:00.000Z')],
      {},
      { blocked: true, status: 'shadow', review: null },
    ],
    [
      'blocked and called after it is not',
      [observed, decided({ action: 'block' }, '2026-05-19T09:00:00.000Z')],
      {},
      { blocked: true, review: 'shadow' },
    ],
    [
      'accepted until today waits for nobody',
      [observed, decided({ action: 'accept', until: '2026-05-20' })],
      {},
      { review: null },
    ],
    [
      'accepted until yesterday waits again',
      [observed, decided({ action: 'accept', until: '2026-05-19' })],
      {},
      { review: 'acceptance-ended' },
    ],
    [
      'accepted until yesterday and governed meanwhile has nothing to wait for',
      [declared, observed, decided({ action: 'accept', until: '2026-05-19' })],
      {},
      { review: null },
    ],
    [
      'accepted again is accepted',
      [
        observed,
        decided({ action: 'accept', until: '2026-05-19' }, '2026-05-01T00:00:00.000Z'),
        decided({ action: 'accept', until: '2026-06-19' }, '2026-05-20T00:00:00.000Z'),
      ],
      {},
      { review: null },
    ],
    [
      'that changed waits',
      [declared, observed],
      { changes: [{ what: 'authentication', value: 'none', since: '2026-05-19T00:00:00.000Z' }] },
      { review: 'changed', changes: ['it is called without a credential since 19 May'] },
    ],
    [
      'tagged has the tags of the person and no others',
      [
        said('declared', { template: '/a', sensitivity: [{ tag: 'pci', because: 'x' }] }),
        decided({ action: 'tag', sensitivity: ['phi'] }),
      ],
      { samples: HOLD_EMAIL },
      { sensitivity: [{ tag: 'phi', because: 'tagged by ada' }] },
    ],
    [
      'tagged with nothing has no tags',
      [said('declared', { fields: ['email'] }), decided({ action: 'tag', sensitivity: [] })],
      undefined,
      { sensitivity: [] },
    ],
    [
      'tagged by criticality keeps an earlier sensitivity',
      [
        declared,
        decided({ action: 'tag', sensitivity: ['pci'] }, '2026-05-01T00:00:00.000Z'),
        decided({ action: 'tag', criticality: 'low' }, '2026-05-02T00:00:00.000Z'),
      ],
      undefined,
      {
        sensitivity: [{ tag: 'pci', because: 'tagged by ada' }],
        criticality: 'low',
        criticalityBecause: 'tagged by ada',
      },
    ],
    [
      'whose payload held data is sensitive, with the reason',
      [declared],
      { samples: HOLD_EMAIL },
      { sensitivity: [{ tag: 'pii', because: IN_SAMPLES }] },
    ],
    [
      'whose payload held data says so, before what its fields are called',
      [said('declared', { fields: ['email'] })],
      { samples: HOLD_EMAIL },
      { sensitivity: [{ tag: 'pii', because: IN_SAMPLES }] },
    ],
    [
      'whose payloads held nothing goes by its fields',
      [said('declared', { fields: ['email'] })],
      { samples: { responses: { judged: 4, found: {} } } },
      { sensitivity: [{ tag: 'pii', because: 'the field `email`' }] },
    ],
  ];
  it.each(cases)('%s', (_, facts, traffic, want) => {
    expect(judged(facts, traffic)).toMatchObject([want]);
  });

  it('that nothing is left of but decisions is none', () => {
    expect(judged([decided({ action: 'block' }), decided({ action: 'tag' })])).toEqual([]);
    expect(judged([decided({ action: 'adopt' })])).toMatchObject([{ status: 'dormant' }]);
  });

  it('lists of each action the latest decision', () => {
    const [endpoint] = judged([
      observed,
      decided({ action: 'accept', until: '2026-05-01' }, '2026-04-01T00:00:00.000Z'),
      decided({ action: 'accept', until: '2026-06-01' }, '2026-05-01T00:00:00.000Z'),
      decided({ action: 'block' }, '2026-04-15T00:00:00.000Z'),
    ]);
    expect(endpoint?.decisions).toEqual([
      { action: 'block', by: 'ada', at: '2026-04-15T00:00:00.000Z', reason: 'because' },
      {
        action: 'accept',
        by: 'ada',
        at: '2026-05-01T00:00:00.000Z',
        reason: 'because',
        until: '2026-06-01',
      },
    ]);
  });

  it('decided of under one spelling is decided of under all', () => {
    const id = endpointId(SERVICE, 'http', 'GET', '/a/{id}');
    const facts = [
      said('declared', { template: '/a/{orderId}' }),
      decided({ action: 'assign', owner: 'team-b' }, NOW, id),
    ];
    expect(judged(facts)).toMatchObject([{ template: '/a/{orderId}', owner: 'team-b' }]);
  });

  it('has the traffic of all its spellings', () => {
    const templates = ['/a/{x}', '/a/{y}', '/a/{z}'];
    const traffic = new Map(
      templates.map((template, index) => [
        endpointId(SERVICE, 'http', 'GET', template),
        someTraffic({ requests: 10 ** index, lastSeen: `2026-05-1${index}T00:00:00.000Z` }),
      ]),
    );
    const records = toRecords(templates.map((template) => said('observed', { template })));
    const [endpoint] = reconcile(records, { ...circumstances, traffic });
    expect(endpoint?.traffic).toMatchObject({
      requests: 111,
      lastSeen: '2026-05-12T00:00:00.000Z',
      statuses: { 200: 300 },
    });
  });
});

describe('all that can be said of endpoints', () => {
  const fact = fc
    .record({
      how: fc.constantFrom<Source['how']>('declared', 'configured', 'implemented', 'observed'),
      method: fc.constantFrom('GET', 'POST', 'ANY'),
      template: fc.constantFrom('/a', '/a/{x}', '/a/{y}', '/v1/a', '/v1/a/{x}', '/', ''),
      doubt: fc.constantFrom(undefined, 'probe' as const, 'unstable' as const),
      deprecated: fc.boolean(),
      decision: fc.constantFrom(
        undefined,
        { action: 'adopt' },
        { action: 'block' },
        { action: 'accept', until: '2026-05-19' },
        { action: 'deprecate', until: '2026-05-21' },
        { action: 'tag', sensitivity: ['pii'] },
      ),
      at: fc.constantFrom('2026-05-01T00:00:00.000Z', '2026-05-02T00:00:00.000Z'),
    })
    .map(({ how, method, template, doubt, deprecated, decision, at }): EndpointFact => {
      const id = endpointId(SERVICE, 'http', method, template);
      if (decision && template !== '') return decided(decision, at, id);
      return said(how, { id, method, template, deprecated, ...(doubt && { doubt }) });
    });
  const traffic = fc.dictionary(
    fc.constantFrom('/a', '/a/{x}', '/a/{y}').map((template) => `${SERVICE} http GET ${template}`),
    fc
      .record({ requests: fc.nat(1_000), lastSeen: fc.constantFrom(NOW, LONG_AGO.lastSeen) })
      .map(someTraffic),
  );

  it('gives the same estate in whatever order it comes, and each endpoint once', () => {
    fc.assert(
      fc.property(fc.array(fact, { maxLength: 12 }), traffic, (facts, counted) => {
        const of = (some: readonly Fact[]) =>
          reconcile(toRecords([service, ...some]), {
            ...circumstances,
            traffic: new Map(Object.entries(counted)),
          });
        const once = of(facts);
        expect(of([...facts].reverse())).toEqual(once);
        expect(of([...facts, ...facts])).toEqual(once);
        expect(new Set(once.map(({ id }) => id)).size).toBe(once.length);
        for (const one of once) {
          if (one.visibility !== 'shown') expect(one.review).toBeNull();
        }
      }),
    );
  });
});
