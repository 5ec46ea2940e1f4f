import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import {
  type CallFact,
  type CredentialFact,
  canonicalJson,
  type EndpointFact,
  type Fact,
  type ServiceFact,
} from './fact.ts';
import type { Source } from './model.ts';
import {
  strongestOwner,
  toCallRecord,
  toCredentialRecord,
  toEndpointRecord,
  toRecords,
  toServiceRecord,
} from './record.ts';
import { anyFact } from './store/testing/facts.ts';

const manifest: Source = { reader: 'kubernetes', how: 'configured', file: 'orders.yaml', line: 1 };
const declaration: Source = { reader: 'reeve', how: 'declared', file: 'reeve.yaml', line: 2 };

const person: Source = { reader: 'person', how: 'declared' };
const decided = { by: 'ada', at: '2026-05-01T00:00:00.000Z', reason: 'x' };

const service: ServiceFact = {
  entity: 'service',
  id: 'production/shop/orders',
  environment: 'production',
  namespace: 'shop',
  name: 'orders',
  source: manifest,
};
const endpoint: EndpointFact = {
  entity: 'endpoint',
  id: 'production/shop/orders http GET /orders',
  service: service.id,
  protocol: 'http',
  method: 'GET',
  template: '/orders',
  source: manifest,
};
const call: CallFact = {
  entity: 'call',
  id: 'production/shop/web -> production/shop/orders *',
  from: 'production/shop/web',
  to: service.id,
  evidence: 'environment variable ORDERS_URL',
  source: manifest,
};
const credential: CredentialFact = {
  entity: 'credential',
  id: 'credential-1',
  name: 'DB_PASSWORD',
  credentialKind: 'password',
  keys: ['value:1'],
  source: manifest,
};

describe('what several facts say of one entity', () => {
  test.for<[string, Partial<ServiceFact>[], object]>([
    ['nothing said: a workload of nobody', [{}], { kind: 'workload', owner: undefined }],
    [
      'a datastore is one, whoever runs it',
      [{ serviceKind: 'workload' }, { serviceKind: 'datastore' }],
      { kind: 'datastore' },
    ],
    [
      'external only where nobody runs it',
      [{ serviceKind: 'external' }, { serviceKind: 'workload' }],
      { kind: 'workload' },
    ],
    [
      'the highest criticality counts',
      [{ criticality: 'low' }, { criticality: 'critical' }],
      { criticality: 'critical' },
    ],
    [
      'aliases come together, each once',
      [{ aliases: ['b', 'a'] }, { aliases: ['a', 'c'] }],
      { aliases: ['a', 'b', 'c'] },
    ],
    [
      'one fact that it is retired suffices',
      [{ retired: true }, { retired: false }],
      { retired: true },
    ],
    [
      'one reason for each tag',
      [
        { sensitivity: [{ tag: 'pii', because: 'b' }] },
        { sensitivity: [{ tag: 'pii', because: 'a' }] },
      ],
      { sensitivity: [{ tag: 'pii', because: 'a' }] },
    ],
    [
      'anywhere where all say so but traffic',
      [{ anywhere: true }, { source: { reader: 'traffic', how: 'observed' } }],
      { isAnywhere: true },
    ],
    ['where one of them says', [{ anywhere: true }, {}], { isAnywhere: false }],
    [
      'where traffic alone says',
      [{ source: { reader: 'traffic', how: 'observed' } }],
      { isAnywhere: false },
    ],
    ['sources are all kept', [{}, { source: declaration }], { sources: [manifest, declaration] }],
  ])('service: %s', ([, said, want]) => {
    expect(toServiceRecord(said.map((part) => ({ ...service, ...part })))).toMatchObject(want);
  });

  test.for<[string, Partial<EndpointFact>[], object]>([
    ['deprecated where one source says so', [{ deprecated: true }, {}], { deprecated: true }],
    [
      'open where one source says that it demands nothing',
      [{ security: 'required' }, { security: 'none' }],
      { security: 'none' },
    ],
    [
      'secured where that is all that is said',
      [{ security: 'required' }, {}],
      { security: 'required' },
    ],
    [
      'fields come together',
      [{ fields: ['email'] }, { fields: ['card'] }],
      { fields: ['card', 'email'] },
    ],
    [
      'parameters and statuses of all specifications come together',
      [
        { parameters: ['b'], responses: ['200'] },
        { parameters: ['a', 'b'], responses: ['4XX', '200'] },
        {},
      ],
      { parameters: ['a', 'b'], responses: ['200', '4XX'] },
    ],
    ['sure where one source is', [{ doubt: 'probe' }, {}], { doubt: undefined }],
    [
      'of the unsure, one that had an answer counts',
      [{ doubt: 'probe' }, { doubt: 'unstable' }],
      { doubt: 'unstable' },
    ],
    ['a probe where nobody saw more', [{ doubt: 'probe' }], { doubt: 'probe' }],
    [
      'to adopt it is to declare it',
      [{ doubt: 'probe' }, { decision: { action: 'adopt', ...decided }, source: person }],
      { doubt: undefined, sources: [manifest, person] },
    ],
    [
      'any other decision knows nothing of it',
      [{ doubt: 'probe' }, { decision: { action: 'block', ...decided }, source: person }],
      { doubt: 'probe', sources: [manifest], decisions: [{ action: 'block', ...decided }] },
    ],
    [
      'where only such decisions are left, nobody knows it',
      [{ decision: { action: 'block', ...decided }, source: person }],
      { sources: [], template: '/orders' },
    ],
  ])('endpoint: %s', ([, said, want]) => {
    expect(toEndpointRecord(said.map((part) => ({ ...endpoint, ...part })))).toMatchObject(want);
  });

  test('call: an absent operation is any, and each piece of evidence is kept with what it proves', () => {
    const traced: CallFact = { ...call, evidence: 'traced', authentication: 'mtls', port: 443 };
    expect(toCallRecord([call, traced, call])).toMatchObject({
      operation: '*',
      evidence: [
        { evidence: 'traced', authentication: 'mtls', port: 443, source: manifest },
        { evidence: 'environment variable ORDERS_URL', source: manifest },
      ].sort((a, b) => (canonicalJson(a) < canonicalJson(b) ? -1 : 1)),
    });
  });

  test.for<[string, Partial<CredentialFact>[], object]>([
    [
      'the declared name is the best',
      [
        { keys: ['secret:shop/db#password'], name: 'db' },
        { name: 'orders-db', source: declaration },
      ],
      { name: 'orders-db' },
    ],
    [
      'a Secret’s name is better than a variable’s',
      [{}, { keys: ['secret:shop/db#password'], name: 'db' }],
      { name: 'db' },
    ],
    [
      'places of the value win over references to it',
      [
        { location: { file: 'uses.yaml', line: 1, in: 'env' } },
        { location: { file: 'secret.yaml', line: 2, in: 'secret' }, fingerprint: 'f' },
      ],
      { locations: [{ file: 'secret.yaml', line: 2, in: 'secret' }] },
    ],
    [
      'references to a value that is nowhere are its places',
      [{ location: { file: 'uses.yaml', line: 1, in: 'env' } }],
      { locations: [{ file: 'uses.yaml', line: 1, in: 'env' }] },
    ],
    [
      'the kind of one provider wins over that of any',
      [{ credentialKind: 'api-key' }, { credentialKind: 'stripe-key' }],
      { kind: 'stripe-key' },
    ],
    ['a kind that says something wins', [{}, { credentialKind: 'postgres' }], { kind: 'postgres' }],
    [
      'the first end and the latest rotation count',
      [
        { expires: '2026-01-01', lastRotated: '2025-01-01' },
        { expires: '2025-06-01', lastRotated: '2025-02-01' },
      ],
      { expires: '2025-06-01', lastRotated: '2025-02-01' },
    ],
    [
      'every service that uses it is named',
      [{ service: 'b' }, { service: 'a' }],
      { services: ['a', 'b'] },
    ],
  ])('credential: %s', ([, said, want]) => {
    expect(toCredentialRecord(said.map((part) => ({ ...credential, ...part })))).toMatchObject(
      want,
    );
  });

  test('the strongest owner wins, and among equals the first by name', () => {
    expect(strongestOwner([])).toBeUndefined();
    expect(
      strongestOwner([
        { owner: 'c', rank: 'label' },
        { owner: 'b', rank: 'declaration' },
        { owner: 'a', rank: 'declaration' },
      ]),
    ).toEqual({ owner: 'a', rank: 'declaration' });
  });

  test('a record of no facts is refused', () => {
    expect(() => toServiceRecord([])).toThrow(RangeError);
  });
});

describe('records are a function of the set of facts', () => {
  const facts = fc.array(anyFact, { maxLength: 12 });
  const shuffled = facts.chain((all) =>
    fc.tuple(
      fc.constant(all),
      fc.shuffledSubarray([...all, ...all], {
        minLength: all.length * 2,
        maxLength: all.length * 2,
      }),
    ),
  );

  test('neither order nor repetition matters', () => {
    fc.assert(
      fc.property(shuffled, ([all, twice]) => {
        expect(canonicalJson(toRecords(twice))).toBe(canonicalJson(toRecords(all)));
      }),
      { numRuns: 500 },
    );
  });

  test('every entity has one record, sorted by id', () => {
    fc.assert(
      fc.property(facts, (all) => {
        const records = toRecords(all);
        const idsOf = (entity: Fact['entity']) =>
          [...new Set(all.filter((fact) => fact.entity === entity).map((fact) => fact.id))].sort();
        expect(records.services.map((record) => record.id)).toEqual(idsOf('service'));
        expect(records.endpoints.map((record) => record.id)).toEqual(idsOf('endpoint'));
        expect(records.calls.map((record) => record.id)).toEqual(idsOf('call'));
        const credentials = records.credentials.map((record) => record.id);
        expect(credentials).toEqual([...new Set(credentials)].sort());
        expect(idsOf('credential')).toEqual(expect.arrayContaining(credentials));
      }),
    );
  });
});
