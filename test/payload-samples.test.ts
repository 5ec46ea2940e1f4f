import { randomBytes, randomInt } from 'node:crypto';
import { appendFileSync, mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { RawClient } from '../src/base/grpc/testing/client.ts';
import type { Endpoint, IntakeCount } from '../src/estate/index.ts';
import { InventoryConfig } from '../src/inventory/index.ts';
import { AccessLogConfig } from '../src/sources/access-log/tail/config/index.ts';
import { httpLogs, identifier } from '../src/sources/envoy-access-log/testing/encode.ts';
import { toJsonRequest, toProtobufRequest } from '../src/sources/otlp/testing/encode.ts';
import { startTestServer, type TestServer } from './support/server.ts';

/** A card number that nobody has: an issuer's range, chance, and the right last digit. */
function makeCard(): string {
  const digits = `4${String(randomInt(1e14)).padStart(14, '0')}`;
  const last = [...Array(10).keys()].find((digit) => luhnSum(`${digits}${digit}`) % 10 === 0);
  return `${digits}${last}`;
}

function luhnSum(digits: string): number {
  return [...digits].reverse().reduce((sum, digit, index) => {
    const value = Number(digit) * (1 + (index % 2));
    return sum + (value > 9 ? value - 9 : value);
  }, 0);
}

const word = () => randomBytes(9).toString('hex');
/** What was planted, by what it is. */
const PLANTED = {
  card: makeCard(),
  email: `${word()}@${word()}.example`,
  password: word(),
  token: `gh${'p'}_${randomBytes(18).toString('hex')}`,
  patient: word(),
  query: `${word()}@mail.example`,
  envoy: `${word()}@mail.example`,
  kong: `${word()}@mail.example`,
  logged: `${word()}@mail.example`,
  broken: word(),
};
const BODY = JSON.stringify({ cardNumber: PLANTED.card, to: [PLANTED.email] });
const ANSWER = JSON.stringify({ token: PLANTED.token, diagnosis: PLANTED.patient });
const ROUTED = { 'http.request.method': 'POST', 'http.route': '/things/{id}' };
const SPANS = [
  { ...ROUTED, 'http.request.body': BODY, 'http.response.body': ANSWER },
  { ...ROUTED, 'http.request.body': `{"password":"${PLANTED.password}","x":{${PLANTED.broken}` },
  { ...ROUTED, 'url.query': `who=${PLANTED.query}` },
];

interface Run {
  readonly server: TestServer;
  readonly data: string;
  readonly endpoints: readonly Endpoint[];
  readonly counts: readonly IntakeCount[];
  /** Everything that was said or written, by where. */
  readonly texts: ReadonlyMap<string, Buffer>;
}

let folder: string;
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'reeve-samples-'));
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

/** Sends everything, and takes the server down, so that its last words are written too. */
async function run(allowed: boolean): Promise<Run> {
  const data = mkdtempSync(join(folder, 'data-'));
  const log = join(mkdtempSync(join(folder, 'log-')), 'access.log');
  const server = await startTestServer({
    data,
    inventory: InventoryConfig.parse({
      stableAfterRequests: 1,
      payloadSamples: { allowed, maxBytes: 4_096 },
    }),
    accessLog: AccessLogConfig.parse({ files: [{ path: log, service: 'logged' }], pollMs: 20 }),
  });
  await sendSpans(server);
  await sendLogs(server, log);
  const texts = new Map<string, Buffer>();
  collect(data, 'before the end', texts);
  const endpoints = (
    await server.get<{ items: readonly Endpoint[] }>('/api/v1/endpoints?limit=200')
  ).items;
  const { counts } = await server.get<{ counts: readonly IntakeCount[] }>('/api/v1/intake');
  const one = `/api/v1/endpoints/${encodeURIComponent(endpoints[0]?.id ?? '')}`;
  for (const path of ['/api/v1/endpoints?limit=200', one, '/api/v1/intake', '/metrics']) {
    texts.set(path, Buffer.from(await (await server.ask(path)).text()));
  }
  await server.close();
  collect(data, 'after the end', texts);
  texts.set('log', Buffer.from(server.logged()));
  return { server, data, endpoints, counts, texts };
}

async function sendSpans(server: TestServer): Promise<void> {
  const spans = SPANS.map((attributes) => ({
    ...{ traceId: 'a'.repeat(32), spanId: 'b'.repeat(16), kind: 2, startMs: Date.now() },
    attributes,
  }));
  const resources = (name: string) => [{ resource: { 'service.name': name }, spans }];
  const bodies = [
    ['application/x-protobuf', toProtobufRequest(resources('binary'))],
    ['application/json', JSON.stringify(toJsonRequest(resources('text')))],
    // what cannot be read must not be quoted
    ['application/json', JSON.stringify(toJsonRequest(resources('text'))).slice(0, -40)],
  ] as const;
  for (const [type, body] of bodies) {
    await fetch(`${server.otlpOrigin}/v1/traces`, {
      method: 'POST',
      headers: { 'content-type': type },
      body: body as string,
    });
  }
}

async function sendLogs(server: TestServer, log: string): Promise<void> {
  const path = (value: string) => `/found?who=${encodeURIComponent(value)}`;
  await fetch(`${server.otlpOrigin}/v1/logs/kong`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({
      request: { method: 'GET', uri: path(PLANTED.kong), headers: {} },
      response: { status: 200 },
      service: { name: 'kong', host: 'kong.shop.80.svc', protocol: 'http' },
    }),
  });
  const client = new RawClient(`http://${server.envoyAddress}`);
  const node = { id: 'n', cluster: 'envoy', metadata: { NAMESPACE: 'shop' } };
  const entry = { cluster: 'local_app', startedAt: Date.now(), path: path(PLANTED.envoy) };
  const stream = client.begin('/envoy.service.accesslog.v3.AccessLogService/StreamAccessLogs');
  expect(await stream.send(identifier(node), httpLogs(entry)).end()).toMatchObject({ code: 0 });
  client.close();
  appendFileSync(
    log,
    `1.2.3.4 - - [${commonTime()}] "GET ${path(PLANTED.logged)} HTTP/1.1" 200 5\n`,
  );
  await expect
    .poll(async () => {
      await server.settle();
      const { counts } = await server.get<{ counts: readonly IntakeCount[] }>('/api/v1/intake');
      return counts.some(({ source, outcome }) => source === 'access-log' && outcome === 'taken');
    })
    .toBe(true);
  await server.settle();
}

function commonTime(): string {
  const [, day, month, year, time] =
    / (\d+) (\w+) (\d+) ([\d:]+)/.exec(new Date().toUTCString()) ?? [];
  return `${day}/${month}/${year}:${time} +0000`;
}

function collect(data: string, when: string, texts: Map<string, Buffer>): void {
  for (const name of readdirSync(data, { recursive: true, encoding: 'utf8' })) {
    try {
      texts.set(`${name} ${when}`, readFileSync(join(data, name)));
    } catch {
      // a folder
    }
  }
}

/** Where planted values are, in any of the ways they may be written. */
function leaksIn(texts: Run['texts']): string[] {
  return [...texts].flatMap(([where, bytes]) =>
    Object.entries(PLANTED).flatMap(([what, value]) => {
      const forms = [value, encodeURIComponent(value), Buffer.from(value).toString('base64')];
      const local = value.split('@')[0] ?? value;
      return [...forms, local].some((form) => bytes.includes(form.replace(/=+$/, '')))
        ? [`${where} holds the ${what}`]
        : [];
    }),
  );
}

const tagsOf = ({ endpoints }: Run) =>
  Object.fromEntries(
    endpoints.map(({ service, sensitivity }) => [
      service.slice(service.lastIndexOf('/') + 1),
      sensitivity.map(({ tag, because }) => `${tag}: ${because}`),
    ]),
  );
const FOUND = 'found in payload samples:';

describe('payloads, where nobody may look at them', () => {
  it('give no tag, are counted nowhere, and appear nowhere', async () => {
    const off = await run(false);
    expect(Object.keys(tagsOf(off)).sort()).toEqual(['binary', 'envoy', 'kong', 'logged', 'text']);
    expect(Object.values(tagsOf(off)).flat()).toEqual([]);
    expect(off.endpoints.map(({ traffic }) => traffic?.samples)).toEqual(Array(5).fill(undefined));
    expect(off.counts.filter(({ source }) => source === 'payload-samples')).toEqual([]);
    expect(leaksIn(off.texts)).toEqual([]);
  });
});

describe('payloads that may be looked at', () => {
  it('give tags that say why, are counted, and appear nowhere', async () => {
    const on = await run(true);
    const bodies = [
      `credentials: ${FOUND} passwords and secrets in 1 of 3 requests, tokens and keys in 1 of 1 response`,
      `pci: ${FOUND} card numbers in 1 of 3 requests`,
      `phi: ${FOUND} health data in 1 of 1 response`,
      `pii: ${FOUND} e-mail addresses in 2 of 3 requests`,
    ];
    const query = [`pii: ${FOUND} e-mail addresses in 1 of 1 request`];
    expect(tagsOf(on)).toEqual({
      ...{ binary: bodies, text: bodies },
      ...{ envoy: query, kong: query, logged: query },
    });
    const judged = on.counts.filter(({ source }) => source === 'payload-samples');
    expect(judged).toMatchObject([{ outcome: 'taken', reason: '', count: 11 }]);
    expect(leaksIn(on.texts)).toEqual([]);
    const files = [...on.texts.keys()].join();
    expect(files).toMatch(/\.journal before the end/);
    expect(files).toMatch(/traffic\.snapshot after the end/);
  });
});
