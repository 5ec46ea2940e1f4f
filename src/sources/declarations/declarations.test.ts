import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { Folder } from '../../base/folder.ts';
import { readFolder } from '../read.ts';
import { declarationJsonSchema, declarations } from './index.ts';

function read(files: Record<string, string | Uint8Array>) {
  const root = mkdtempSync(join(tmpdir(), 'declarations-'));
  try {
    for (const [path, text] of Object.entries(files)) {
      mkdirSync(dirname(join(root, path)), { recursive: true });
      writeFileSync(join(root, path), text);
    }
    return readFolder(new Folder(root), [declarations]);
  } finally {
    rmSync(root, { recursive: true });
  }
}

const ORDERS = `apiVersion: reeve.dev/v1
kind: Service
metadata: { name: orders, namespace: shop, owner: team-orders }
spec:
  criticality: high
  sensitivity: [pii]
  exposes:
    - openapi: openapi.yaml
      sensitivity: [pii, pci]
    - operations: ["GET /health", "payments.v1.Cards/Charge"]
  calls:
    - service: payments
      operations: ["POST /v1/charges", "GET /v1/charges/{id}"]
    - service: mail
      namespace: tools
  credentials:
    - { name: orders-db, kind: postgres, rotation: { every: 24h } }
`;
const readOrders = (from = '', to = '') =>
  read({ 'orders/reeve.yaml': ORDERS.replace(from, to), 'orders/openapi.yaml': '' });

const ORDERS_SUBJECT = { by: 'name', name: 'orders', namespace: 'shop' };
const at = (line: number, column: number) => ({
  reader: 'declarations',
  how: 'declared',
  file: 'orders/reeve.yaml',
  line,
  column,
});
const because = 'reeve.yaml';
const call = (name: string, namespace: string) => ({
  kind: 'call',
  from: ORDERS_SUBJECT,
  to: { by: 'name', name, namespace },
  evidence: 'declared in reeve.yaml',
});

describe('a declaration', () => {
  it('says what the service is, offers, calls and holds', () => {
    const reading = readOrders();
    expect(reading.diagnostics).toEqual([]);
    expect(reading.observations).toEqual([
      {
        kind: 'service',
        subject: ORDERS_SUBJECT,
        owner: { owner: 'team-orders', rank: 'declaration' },
        criticality: 'high',
        sensitivity: [{ tag: 'pii', because }],
        declaredSecrets: [{ name: 'orders-db' }],
        declaresCalls: true,
        source: at(3, 13),
      },
      {
        kind: 'component',
        folder: 'orders',
        names: ['orders'],
        service: { name: 'orders', namespace: 'shop' },
        runnable: true,
        source: at(3, 13),
      },
      {
        kind: 'component',
        folder: 'orders/openapi.yaml',
        names: ['orders'],
        service: { name: 'orders', namespace: 'shop' },
        runnable: false,
        sensitivity: [
          { tag: 'pii', because },
          { tag: 'pci', because },
        ],
        source: at(8, 7),
      },
      {
        kind: 'endpoint',
        subject: ORDERS_SUBJECT,
        protocol: 'http',
        method: 'GET',
        template: '/health',
        source: at(10, 20),
      },
      {
        kind: 'endpoint',
        subject: ORDERS_SUBJECT,
        protocol: 'grpc',
        method: 'RPC',
        template: '/payments.v1.Cards/Charge',
        source: at(10, 35),
      },
      { ...call('payments', 'shop'), operation: 'POST /v1/charges', source: at(13, 20) },
      { ...call('payments', 'shop'), operation: 'GET /v1/charges/{id}', source: at(13, 40) },
      { ...call('mail', 'tools'), source: at(14, 7) },
      {
        kind: 'credential',
        subject: ORDERS_SUBJECT,
        name: 'orders-db',
        credentialKind: 'postgres',
        keys: ['declared:orders/orders-db', 'secret:shop/orders-db'],
        owner: { owner: 'team-orders', rank: 'declaration' },
        rotation: 'every 24h',
        source: at(17, 9),
      },
    ]);
  });

  it('lists its secrets and those that it reads of others, which are told of by their owners', () => {
    const own = 'orders-db, kind: postgres, rotation: { every: 24h } }';
    const lent =
      '    - { name: mail-key, service: mail }\n    - { name: api, service: bank/payments }';
    const { observations, diagnostics } = readOrders(own, `${own}\n${lent}`);
    expect(diagnostics).toEqual([]);
    expect(observations.find(({ kind }) => kind === 'service')).toMatchObject({
      declaredSecrets: [
        { name: 'orders-db' },
        { name: 'mail-key', service: 'mail' },
        { name: 'api', service: 'bank/payments' },
      ],
    });
    expect(observations.filter(({ kind }) => kind === 'credential')).toHaveLength(1);
  });

  it('that is wrong about whose a secret is declares none', () => {
    const { observations } = readOrders('kind: postgres', 'kind: postgres, service: a/b/c');
    expect(observations.find(({ kind }) => kind === 'service')).not.toHaveProperty(
      'declaredSecrets',
    );
  });

  it('that names no calls does not say that there are none', () => {
    const minimal = 'apiVersion: reeve.dev/v1\nkind: Service\nmetadata: { name: a }\n';
    const said = (text: string) =>
      read({ 'reeve.yml': text }).observations.find(({ kind }) => kind === 'service');
    expect(said(minimal)).not.toHaveProperty('declaresCalls');
    expect(said(`${minimal}spec: { calls: [] }\n`)).toHaveProperty('declaresCalls', true);
  });

  it('beside others in one file does not take the folder', () => {
    const web = ORDERS.replace('name: orders', 'name: web').replace('openapi.yaml', 'web.yaml');
    const reading = read({
      'reeve.yaml': `${ORDERS}---\n${web}`,
      'openapi.yaml': '',
      'web.yaml': '',
    });
    expect(
      reading.observations.flatMap((one) => (one.kind === 'component' ? [one.folder] : [])),
    ).toEqual(['openapi.yaml', 'web.yaml']);
  });

  it('says how the processes of a service are recognised, and whom it federates with', () => {
    const identity = `criticality: high
  identity:
    selectors: ["unix:user:orders", "systemd:id:orders.service", "unix:user:orders"]
    federatesWith: [partner.example]`;
    const { observations } = readOrders('criticality: high', identity);
    expect(observations.find(({ kind }) => kind === 'service')).toMatchObject({
      runsAs: {
        selectors: ['systemd:id:orders.service', 'unix:user:orders'],
        federatesWith: ['partner.example'],
      },
    });
  });

  it('says what becomes of calls to the service that nobody declares', () => {
    const { observations } = readOrders(
      'criticality: high',
      'authorization: { mode: shadow }\n  criticality: high',
    );
    expect(observations.find(({ kind }) => kind === 'service')).toMatchObject({
      authorizationMode: 'shadow',
    });
  });

  it('of a service that is declared elsewhere too is reported', () => {
    const reading = read({ 'a/reeve.yaml': ORDERS, 'b/reeve.yaml': ORDERS });
    expect(
      reading.diagnostics.filter(({ code }) => code === 'declarations/service-repeated'),
    ).toMatchObject([{ file: 'b/reeve.yaml', line: 3, column: 19 }]);
  });
});

type Problem = [message: string, line: number, column: number, hint?: string];
const PROBLEMS: [name: string, from: string, to: string, want: Problem][] = [
  [
    'an unknown key',
    'criticality: high',
    'criticalty: high',
    ['`criticalty` is no key of `spec`', 5, 3, 'did you mean `criticality`?'],
  ],
  [
    'an unknown key that resembles none',
    'criticality: high',
    'colour: red',
    ['`colour` is no key of `spec`', 5, 3],
  ],
  [
    'an unknown key inside a list',
    '- service: mail\n      namespace',
    '- service: mail\n      namspace',
    ['`namspace` is no key of `spec.calls.1`', 15, 7, 'did you mean `namespace`?'],
  ],
  [
    'a word that is none of the list',
    'criticality: high',
    'criticality: huge',
    ['`spec.criticality` must be `critical`, `high`, `medium` or `low`', 5, 16],
  ],
  [
    'a selector that is none',
    'criticality: high',
    'identity: { selectors: ["root"] }',
    [
      '`spec.identity.selectors.0` must read like `unix:user:orders` or `systemd:id:orders.service`',
      5,
      27,
    ],
  ],
  [
    'another version',
    'reeve.dev/v1',
    'reeve.dev/v2',
    ['`apiVersion` must be `reeve.dev/v1`', 1, 13],
  ],
  ['a missing name', 'name: orders, ', '', ['`metadata.name` is missing: it must be a text', 3, 1]],
  [
    'a value of the wrong type',
    'sensitivity: [pii]\n',
    'sensitivity: pii\n',
    ['`spec.sensitivity` must be a list', 6, 16],
  ],
  [
    'a malformed operation',
    '"POST /v1/charges"',
    '"post v1/charges"',
    [
      '`spec.calls.0.operations.0` must read like `GET /orders/{id}`, `payments.v1.Cards/Charge`, `QUERY order` or `PUBLISH orders.created`',
      13,
      20,
    ],
  ],
  [
    'an exposure of nothing',
    'openapi: openapi.yaml\n      ',
    '',
    [
      '`spec.exposes.0` must have exactly one of `openapi`, `protobuf`, `graphql`, `asyncapi`, `operations`',
      8,
      7,
    ],
  ],
  [
    'a credential that is of no kind',
    'kind: postgres, ',
    '',
    ['`spec.credentials.0.kind` is missing: it must be a text', 17, 7],
  ],
  [
    'a credential of another service with a rotation',
    'kind: postgres, ',
    'service: payments, ',
    [
      '`spec.credentials.0.rotation` must be left out: the service says it that the credential belongs to',
      17,
      55,
    ],
  ],
  [
    'a malformed period',
    'every: 24h',
    'every: daily',
    [
      '`spec.credentials.0.rotation.every` must be a number with `s`, `m`, `h`, `d` or `w`: `24h`',
      17,
      61,
    ],
  ],
];

describe('a problem', () => {
  it.each(PROBLEMS)('%s is told with its place', (_, from, to, [message, line, column, hint]) => {
    expect(readOrders(from, to).diagnostics).toEqual([
      {
        severity: 'error',
        code: 'declarations/malformed',
        file: 'orders/reeve.yaml',
        message,
        line,
        column,
        ...(hint && { hint }),
      },
    ]);
  });

  const REST: [name: string, from: string, to: string, lost: number][] = [
    ['an unknown key loses nothing', 'criticality: high', 'criticalty: high', 0],
    ['a wrong criticality loses itself', 'criticality: high', 'criticality: huge', 0],
    ['a bad operation loses that call', '"POST /v1/charges"', '"post"', 1],
    [
      'bad operations do not admit every operation',
      '["POST /v1/charges", "GET /v1/charges/{id}"]',
      'all',
      2,
    ],
    ['a call without service is lost', 'service: mail', 'service: ""', 1],
    ['an exposure of nothing is lost', 'openapi: openapi.yaml\n      ', '', 1],
    ['a bad period loses the rotation only', 'every: 24h', 'every: daily', 0],
    ['a document without a name says nothing', 'name: orders, ', '', 9],
    ['a document of another kind says nothing', 'kind: Service', 'kind: Servise', 9],
  ];
  it.each(REST)('costs only what it stands in: %s', (_, from, to, lost) => {
    const reading = readOrders(from, to);
    expect(reading.diagnostics).toHaveLength(1);
    expect(reading.observations).toHaveLength(9 - lost);
  });

  it.each(['missing.yaml', '../../openapi.yaml', '/etc/passwd'])(
    'a specification that is not in the folder (%s) is told',
    (path) => {
      const reading = readOrders('openapi: openapi.yaml', `openapi: ${path}`);
      expect(reading.diagnostics).toMatchObject([
        { code: 'declarations/specification-not-found', line: 8, column: 16 },
      ]);
      expect(reading.observations).toHaveLength(8);
    },
  );

  it('is one of at most a hundred that are listed', () => {
    const keys = Array.from({ length: 500 }, (_, index) => `k${index}: 1\n`).join('');
    const { diagnostics } = read({ 'reeve.yaml': ORDERS + keys });
    expect(diagnostics.map(({ message }) => message)).toContain('has 400 further problems');
    expect(diagnostics).toHaveLength(102);
  });
});

describe('any bytes', () => {
  it('give observations or diagnostics', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 100 }), fc.nat(ORDERS.length), (bytes, offset) => {
        const text = Buffer.concat([Buffer.from(ORDERS.slice(0, offset)), bytes]);
        const { diagnostics } = read({ 'reeve.yaml': text });
        expect(diagnostics.filter(({ code }) => code.endsWith('/failed'))).toEqual([]);
      }),
      { numRuns: 60 },
    );
  });
});

describe('the published JSON Schema', () => {
  it('is made of the schema that declarations are read with', async () => {
    const text = JSON.stringify(declarationJsonSchema(), null, 2);
    const formatted = text.replace(
      /\[\s+([^[\]{}]*?)\s+\]/g,
      (_, items: string) => `[${items.replace(/\s*\n\s*/g, ' ')}]`,
    );
    await expect(`${formatted}\n`).toMatchFileSnapshot('../../../docs/reeve.schema.json');
  });
});
