import { spawnSync } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { DiscoveredEndpoint } from './discovery.ts';

let folder: string;
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'reeve-discover-'));
  put('requests.ndjson', shopLog());
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

function put(name: string, content: string | Uint8Array): string {
  const file = join(folder, name);
  mkdirSync(join(file, '..'), { recursive: true });
  writeFileSync(file, content);
  return file;
}

function discover(args: readonly string[], input?: string | Uint8Array) {
  const result = spawnSync(join(process.cwd(), 'bin/reeve'), ['discover', ...args], {
    cwd: folder,
    input: input ?? '',
    encoding: 'utf8',
    env: { ...process.env, NO_COLOR: '1' },
  });
  return { status: result.status, stdout: result.stdout, stderr: result.stderr };
}

interface Row {
  readonly service: string;
  readonly method: string;
  readonly template: string;
  readonly requests: number;
  readonly statuses: Record<string, number>;
  readonly examples: readonly string[];
  readonly status?: string;
}

function rowsOf(stdout: string): Row[] {
  return stdout
    .split('\n')
    .filter(Boolean)
    .map((line) => JSON.parse(line));
}
const named = ({ service, method, template, requests }: Row) =>
  `${service} ${method} ${template} ${requests}`;
const rows = (args: readonly string[], input?: string | Uint8Array) =>
  rowsOf(discover([...args, '--format', 'ndjson'], input).stdout).map(named);

function line(n: number, service: string, method: string, path: string, status: number): string {
  const time = new Date(Date.UTC(2025, 2, 1) + n * 1_000).toISOString();
  return `${JSON.stringify({ time, service, method, path, status })}\n`;
}

/** Traffic of a small shop, with probes, preflights, and lines that are none. */
function shopLog(): string {
  let text = '';
  for (let n = 0; n < 60; n++) {
    text += line(
      n,
      'orders',
      'GET',
      `/v1/orders/${1_000 + ((n * 7919) % 500)}`,
      n % 20 === 0 ? 404 : 200,
    );
    if (n % 2 === 0) text += line(n, 'orders', 'POST', '/v1/orders', 201);
    if (n % 3 === 0) text += line(n, 'orders', 'GET', `/v1/orders?page=${n}`, 200);
    if (n % 4 === 0)
      text += line(n, 'payments', 'POST', `/charges/${n}/capture`, n === 8 ? 500 : 200);
    if (n % 10 === 0)
      text += line(
        n,
        'orders',
        'GET',
        ['/.env', '/wp-login.php'][n % 20 === 0 ? 0 : 1] ?? '/',
        404,
      );
  }
  text += line(99, 'payments', 'GET', '/health', 200);
  text += line(99, 'payments', 'OPTIONS', '/charges/1/capture', 204);
  text += `Server started\n{"level":"info","msg":"ready"}\n${line(99, '', 'GET', 'no-path', 200)}`;
  return text;
}

const SPECIFICATION = `
openapi: 3.1.0
info: { title: Orders API, version: 1.0.0 }
paths:
  /v1/orders:
    post: { responses: { '201': { description: made } } }
  /v1/orders/{id}:
    get: { responses: { '200': { description: it } } }
    delete: { responses: { '204': { description: gone } } }
`;

describe('reeve discover', () => {
  it('prints a table for each service', async () => {
    const { status, stdout, stderr } = discover(['requests.ndjson']);
    expect([status, stderr]).toEqual([0, '']);
    expect(Math.max(...stdout.split('\n').map(({ length }) => length))).toBeLessThanOrEqual(80);
    await expect(stdout).toMatchFileSnapshot('testdata/shop.txt');
  });

  it('prints one endpoint a line, without what only ever answered 404', async () => {
    const { status, stdout, stderr } = discover(['requests.ndjson', '--format', 'ndjson']);
    expect(status).toBe(0);
    expect(rowsOf(stdout).map((row) => Object.keys(row).join())).toContain(
      'service,method,template,requests,statuses,examples',
    );
    expect(stdout).not.toContain('wp-login');
    expect(stderr).toMatch(/^reeve: left out 1: not a known format \(requests\.ndjson:\d+\)$/m);
    await expect(stdout).toMatchFileSnapshot('testdata/shop.ndjson');
  });

  it('prints one object', async () => {
    const { stdout } = discover(['requests.ndjson', '--format', 'json']);
    expect(Object.keys(JSON.parse(stdout))).toEqual([
      'schema',
      'files',
      'requests',
      'endpoints',
      'probes',
      'rare',
      'leftOut',
    ]);
    await expect(stdout).toMatchFileSnapshot('testdata/shop.json');
  });

  it('compares with a specification', async () => {
    put('orders.yaml', SPECIFICATION);
    const { status, stdout } = discover(['requests.ndjson', '--spec', 'orders.yaml']);
    expect(status).toBe(0);
    expect(Math.max(...stdout.split('\n').map(({ length }) => length))).toBeLessThanOrEqual(80);
    await expect(stdout).toMatchFileSnapshot('testdata/shop-against-specification.txt');
  });

  it('compares with what a repository declares', () => {
    put('repository/orders/openapi.yaml', SPECIFICATION);
    put('repository/orders/Dockerfile', 'FROM scratch\n');
    const { stdout } = discover([
      'requests.ndjson',
      '--declared',
      'repository',
      '--format',
      'json',
    ]);
    expect(JSON.parse(stdout).comparison).toMatchObject({
      declared: 3,
      discovered: 5,
      matched: 2,
      shadow: 3,
      beyondDeclared: 1,
      unseen: [{ service: 'orders', method: 'DELETE', template: '/v1/orders/{id}' }],
    });
  });

  it('hides what was asked for less often than --min-requests, and says how much', () => {
    const { stdout } = discover(['requests.ndjson', '--min-requests', '10']);
    expect(stdout).not.toContain('/health');
    expect(stdout).toContain('1 endpoint asked for less often than --min-requests (1 request)');
  });

  it('reads standard input, and what is packed with gzip, in files and in pipes', () => {
    const want = rows(['requests.ndjson']);
    expect(want).toHaveLength(5);
    put('requests.ndjson.gz', gzipSync(shopLog()));
    expect(rows(['-'], shopLog())).toEqual(want);
    expect(rows(['requests.ndjson.gz'])).toEqual(want);
    expect(rows(['-'], gzipSync(shopLog()))).toEqual(want);
  });

  it('adds up several files of several formats', () => {
    put('a.ndjson', line(1, 'orders', 'GET', '/v1/orders', 200));
    put(
      'orders-access.txt',
      '192.0.2.7 - - [01/Mar/2025:00:00:00 +0000] "GET /v1/orders HTTP/1.1" 200 5\n',
    );
    put(
      'list.json',
      JSON.stringify(
        [{ service: 'orders', method: 'GET', path: '/v1/orders', status: 200 }],
        null,
        2,
      ),
    );
    put(
      'b.har',
      JSON.stringify({
        log: {
          entries: [
            {
              request: { method: 'GET', url: 'https://shop.example/v1/orders' },
              response: { status: 200 },
            },
          ],
        },
      }),
    );
    put('traces.json', JSON.stringify({ resourceSpans: [trace('orders', '/v1/orders')] }, null, 2));
    put(
      'traces.jsonl',
      `${JSON.stringify({ resourceSpans: [trace('orders', '/v1/orders')] })}\n{"resourceSpans":[{"cut\n${JSON.stringify({ resourceSpans: [trace('orders', '/v1/orders')] })}\n`,
    );
    expect(
      rows(['a.ndjson', 'orders-access.txt', 'list.json', 'b.har', 'traces.json', 'traces.jsonl']),
    ).toEqual(['orders GET /v1/orders 6', 'shop.example GET /v1/orders 1']);
  });

  it('takes the service of logs that name none from --service', () => {
    const log = '192.0.2.7 - - [01/Mar/2025:00:00:00 +0000] "GET /v1/orders HTTP/1.1" 200 5\n';
    expect(rows(['-', '--service', 'web'], log)).toEqual(['web GET /v1/orders 1']);
    expect(rows(['-'], log)).toEqual(['unknown GET /v1/orders 1']);
  });

  it('tells no word of a line that it cannot read', () => {
    const secret = randomBytes(12).toString('hex');
    const log = `password=${secret}\n{"password":"${secret}"}\n${line(1, 'orders', 'GET', '/a', 200)}`;
    const { status, stdout, stderr } = discover(['-', '--format', 'json'], log);
    expect(status).toBe(0);
    expect(stderr).toContain('left out 1: not a request (-:2)');
    expect(stdout + stderr).not.toContain(secret);
  });

  it('judges payloads where it is told to, and tells none of their values', () => {
    const email = `${randomBytes(8).toString('hex')}@mail.example`;
    const password = randomBytes(8).toString('hex');
    put('payloads.har', archiveWith(email));
    put(
      'traces.jsonl',
      `${JSON.stringify({ resourceSpans: [trace('web', '/in', { password })] })}\n`,
    );
    put('q.log', queryLog(email));
    const files = ['payloads.har', 'traces.jsonl', 'q.log'];
    const quiet = discover([...files, '--format', 'json']);
    expect(quiet.stdout).not.toMatch(/sensitivity|payloads/);
    const { stdout, stderr } = discover([...files, '--payload-samples', '--format', 'json']);
    const { endpoints, payloads } = JSON.parse(stdout);
    const found = 'found in payload samples: e-mail addresses in';
    expect(endpoints.map((one: DiscoveredEndpoint) => [one.service, one.sensitivity])).toEqual([
      ['q', [{ tag: 'pii', because: `${found} 100 of 100 requests` }]],
      ['shop.example', [{ tag: 'pii', because: `${found} 1 of 1 response` }]],
      ['web', [{ tag: 'credentials', because: expect.stringContaining('passwords and secrets') }]],
    ]);
    expect(payloads).toEqual({
      judged: 102,
      leftOut: [{ reason: 'more payloads of one endpoint than are judged', count: 20 }],
    });
    const rows = discover([...files, '--payload-samples', '--format', 'ndjson']).stdout;
    expect(rowsOf(rows).map((row) => Object.keys(row).at(-1))).toEqual(
      Array(3).fill('sensitivity'),
    );
    const text = discover([...files, '--payload-samples']).stdout;
    expect(text).toContain(
      '    pii          found in payload samples: e-mail addresses in 1 of 1 response\n',
    );
    expect(text).toContain('  20 not: more payloads of one endpoint than are judged\n');
    for (const told of [quiet.stdout, quiet.stderr, stdout, stderr, rows, text]) {
      expect(told).not.toContain(email.split('@')[0]);
      expect(told).not.toContain(password);
    }
  });

  it('reads on behind a file that is cut off, and says where', () => {
    const packed = gzipSync(randomBytes(50_000).toString('hex') + shopLog());
    put('cut.ndjson.gz', packed.subarray(0, packed.length - 5_000));
    put('cut.har', '{"log":{"entries":[{"request":\n');
    const { status, stdout, stderr } = discover([
      'cut.ndjson.gz',
      'cut.har',
      'requests.ndjson',
      '--format',
      'ndjson',
    ]);
    expect(status).toBe(0);
    expect(stderr).toContain('`cut.ndjson.gz` could not be read to its end');
    expect(stderr).toContain('cut.har:2:1: the archive ends in the middle of the document');
    expect(rowsOf(stdout).length).toBeGreaterThan(4);
  });

  it('finds nothing in nothing', () => {
    expect(discover(['-'])).toEqual({ status: 0, stdout: 'No endpoint found.\n', stderr: '' });
  });

  it.each([
    [['missing.ndjson'], '`missing.ndjson` does not exist'],
    [['.'], '`.` is a folder'],
    [
      ['-', '--input-format', 'nonsense'],
      "option '--input-format <format>' argument 'nonsense' is invalid",
    ],
    [['-', '--min-requests', '0'], 'use a whole number of at least 1'],
    [['-', '--spec', 'missing.yaml'], '`missing.yaml` is no file'],
    [['-', '--spec', 'requests.ndjson'], '`requests.ndjson` declares no operation'],
    [
      ['requests.ndjson', '--input-format', 'combined'],
      'no request could be read from these files',
    ],
    [[], "missing required argument 'files'"],
  ])('%j is bad input', (args, message) => {
    const { status, stdout, stderr } = discover(args);
    expect(status).toBe(2);
    expect(stderr).toContain(message);
    expect(stdout).toBe('');
  });

  it('writes to a file', () => {
    discover(['requests.ndjson', '--format', 'ndjson', '-o', 'out.ndjson']);
    expect(rowsOf(readFileSync(join(folder, 'out.ndjson'), 'utf8'))).toHaveLength(5);
  });
});

function archiveWith(email: string): string {
  const content = { mimeType: 'application/json', text: JSON.stringify({ to: email }) };
  const request = { method: 'GET', url: 'https://shop.example/v1/orders' };
  return JSON.stringify({ log: { entries: [{ request, response: { status: 200, content } }] } });
}

function queryLog(email: string): string {
  const time = '01/Mar/2025:00:00:00 +0000';
  const asked = `/find?by=${encodeURIComponent(email)}`;
  return `192.0.2.7 - - [${time}] "GET ${asked} HTTP/1.1" 200 5\n`.repeat(120);
}

function trace(service: string, path: string, body?: object) {
  const text = (key: string, stringValue: string) => ({ key, value: { stringValue } });
  return {
    resource: { attributes: [text('service.name', service)] },
    scopeSpans: [
      {
        spans: [
          {
            traceId: '5b8efff798038103d269b633813fc60c',
            spanId: randomBytes(8).toString('hex'),
            kind: 2,
            startTimeUnixNano: '1740787200000000000',
            attributes: [
              text('http.request.method', 'GET'),
              text('url.path', path),
              { key: 'http.response.status_code', value: { intValue: '200' } },
              ...(body ? [text('http.request.body', JSON.stringify(body))] : []),
            ],
          },
        ],
      },
    ],
  };
}
