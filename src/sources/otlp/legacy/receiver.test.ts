import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { gzipSync } from 'node:zlib';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { Fault } from '../../../base/fault.ts';
import { toJsonRequest, toProtobufRequest } from '../testing/encode.ts';
import { createReceiver, type ReceiverPorts } from './receiver.ts';
import type { Span } from './span.ts';

const LIMITS = { maxRequestBytes: 4_000, maxInflatedBytes: 8_000, maxConcurrentRequests: 2 };
const RESOURCES = [
  {
    resource: { 'service.name': 'orders' },
    spans: [{ traceId: 'ab'.repeat(16), spanId: 'cd'.repeat(8), kind: 2 }],
  },
];
const PROTOBUF = toProtobufRequest(RESOURCES);
const JSON_TEXT = JSON.stringify(toJsonRequest(RESOURCES));
const TAKEN = { observations: new Map(), waiting: [], rejectedSpans: 0, reasons: [] };

let server: Server;
let spans: Span[][];
let ports: { -readonly [Key in keyof ReceiverPorts]: ReceiverPorts[Key] };

beforeEach(async () => {
  spans = [];
  ports = {
    admit: () => {},
    take: async (taken) => {
      spans.push([...taken]);
      return TAKEN;
    },
    onAnswer: () => {},
  };
  server = createServer(
    createReceiver(LIMITS, {
      admit: (request) => ports.admit(request),
      take: (taken) => ports.take(taken),
      onAnswer: () => {},
    }),
  );
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
});
afterEach(() => {
  server.closeAllConnections();
  server.close();
});

interface Sent {
  readonly type?: string;
  readonly coding?: string;
  readonly path?: string;
  readonly method?: string;
}

async function post(body: string | Uint8Array<ArrayBuffer> | Buffer, sent: Sent = {}) {
  const { type = 'application/json', coding, path = '/v1/traces', method = 'POST' } = sent;
  const { port } = server.address() as AddressInfo;
  const response = await fetch(`http://127.0.0.1:${port}${path}`, {
    method,
    headers: { 'content-type': type, ...(coding && { 'content-encoding': coding }) },
    ...(method === 'POST' && { body: body as string }),
  });
  return {
    status: response.status,
    type: response.headers.get('content-type'),
    retryAfter: response.headers.get('retry-after'),
    bytes: Buffer.from(await response.arrayBuffer()),
  };
}

describe('the OTLP receiver', () => {
  it.each<[string, string | Buffer, Sent, string]>([
    ['JSON', JSON_TEXT, {}, '{}'],
    ['JSON with a charset', JSON_TEXT, { type: 'application/json; charset=utf-8' }, '{}'],
    ['protobuf', PROTOBUF, { type: 'application/x-protobuf' }, ''],
    [
      'gzipped protobuf',
      gzipSync(PROTOBUF),
      { type: 'application/x-protobuf', coding: 'gzip' },
      '',
    ],
  ])('takes %s and answers in kind', async (_what, body, sent, text) => {
    const answer = await post(body, sent);
    expect(answer.status).toBe(200);
    expect(answer.bytes.toString()).toBe(text);
    expect(answer.type).toBe(
      sent.type === 'application/x-protobuf' ? 'application/x-protobuf' : 'application/json',
    );
    expect(spans[0]?.[0]?.resource.get('service.name')).toBe('orders');
  });

  it.each<[string, string | Buffer, Sent, number]>([
    ['what is neither', JSON_TEXT, { type: 'text/plain' }, 415],
    ['another coding', JSON_TEXT, { coding: 'br' }, 415],
    ['broken JSON', '{', {}, 400],
    ['broken protobuf', Buffer.from('0aff', 'hex'), { type: 'application/x-protobuf' }, 400],
    ['broken gzip', JSON_TEXT, { coding: 'gzip' }, 400],
    ['a request over the limit', 'x'.repeat(5_000), {}, 413],
    ['gzip that swells over the limit', gzipSync(' '.repeat(100_000)), { coding: 'gzip' }, 413],
    ['logs', JSON_TEXT, { path: '/v1/logs' }, 404],
    ['a question', '', { method: 'GET' }, 400],
  ])('refuses %s', async (_what, body, sent, status) => {
    expect(await post(body, sent)).toMatchObject({ status, retryAfter: null });
    expect(spans).toEqual([]);
  });

  it('says in its Status what is wrong, in JSON and in protobuf', async () => {
    expect(JSON.parse((await post('{')).bytes.toString())).toEqual({
      code: 3,
      message: 'The request is not a JSON object',
    });
    const { bytes } = await post(Buffer.from('0aff', 'hex'), { type: 'application/x-protobuf' });
    expect(bytes.subarray(0, 2)).toEqual(Buffer.from([0x08, 3]));
    expect(bytes.subarray(4).toString()).toMatch(/^The request is not valid protobuf/);
  });

  it('says what it left out', async () => {
    ports.take = async () => ({ ...TAKEN, rejectedSpans: 300, reasons: ['no name'] });
    expect(JSON.parse((await post(JSON_TEXT)).bytes.toString())).toEqual({
      partialSuccess: { rejectedSpans: '300', errorMessage: 'no name' },
    });
    const { bytes } = await post(PROTOBUF, { type: 'application/x-protobuf' });
    const inner = Buffer.concat([Buffer.from([0x08, 0xac, 0x02, 0x12, 7]), Buffer.from('no name')]);
    expect(bytes).toEqual(Buffer.concat([Buffer.from([0x0a, inner.length]), inner]));
  });

  it.each([
    ['the store is away', new Fault('estate/unavailable', 'away'), 503, '5'],
    ['anything else breaks', new Error('secret detail'), 503, '5'],
    ['too much waits', new Fault('otlp/queue-too-many', 'full'), 429, '1'],
  ])('asks to come back when %s', async (_what, thrown, status, retryAfter) => {
    ports.take = async () => {
      throw thrown;
    };
    const answer = await post(JSON_TEXT);
    expect(answer).toMatchObject({ status, retryAfter });
    expect(answer.bytes.toString()).not.toMatch(/secret detail/);
  });

  it('takes only so many requests at once', async () => {
    let release = (): void => {};
    const gate = new Promise<void>((resolve) => {
      release = resolve;
    });
    let waiting = 0;
    ports.take = async () => {
      waiting++;
      await gate;
      return TAKEN;
    };
    const both = [post(JSON_TEXT), post(JSON_TEXT)];
    while (waiting < 2) await new Promise(setImmediate);
    expect((await post(JSON_TEXT)).status).toBe(429);
    release();
    expect((await Promise.all(both)).map(({ status }) => status)).toEqual([200, 200]);
  });
});
