import { once } from 'node:events';
import { createServer, type Server } from 'node:http';
import { type AddressInfo, connect } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';
import { gzipSync } from 'node:zlib';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { Fault } from '../../../base/fault.ts';
import type { Encoding } from '../decoder.ts';
import { encode, NOW, newDecoder, of } from '../testing/take.ts';
import { BodyReader } from './body.ts';
import { clientErrorListener, createReceiver, type ReceiverPorts } from './receiver.ts';

const LIMITS = {
  maxRequestBytes: 400_000,
  maxInflatedBytes: 800_000,
  maxConcurrentRequests: 2,
  maxBufferedBytes: 500_000,
};
const RESOURCES = [
  of('orders', { kind: 2, attributes: { 'http.method': 'GET', 'url.path': '/x' } }),
];
const PROTOBUF = encode('protobuf', RESOURCES);
const JSON_TEXT = encode('json', RESOURCES).toString();
const TAKEN = { rejectedSpans: 0, reasons: [] };
const PROTOBUF_TYPE = 'application/x-protobuf';

let server: Server;
let bodies: [Buffer, Encoding][];
let refused: string[];
let ports: { -readonly [Key in keyof ReceiverPorts]: ReceiverPorts[Key] };

beforeEach(async () => {
  bodies = [];
  refused = [];
  const decoder = newDecoder();
  ports = {
    admit: () => {},
    take: async (body, encoding) => {
      bodies.push([Buffer.from(body), encoding]);
      return decoder.take(body, encoding, NOW);
    },
  };
  const count = (reason: string): void => {
    refused.push(reason);
  };
  const receiver = createReceiver(new BodyReader(LIMITS), {
    admit: (request) => ports.admit(request),
    take: (body, encoding) => ports.take(body, encoding),
    count,
  });
  const options = {
    requestTimeout: 1_500,
    headersTimeout: 1_000,
    connectionsCheckingInterval: 100,
  };
  server = createServer(options, receiver).on('clientError', clientErrorListener(count));
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

async function post(body: string | Buffer | ReadableStream, sent: Sent = {}) {
  const { type = 'application/json', coding, path = '/v1/traces', method = 'POST' } = sent;
  const response = await fetch(`http://127.0.0.1:${portOf()}${path}`, {
    method,
    headers: { 'content-type': type, ...(coding && { 'content-encoding': coding }) },
    ...(method === 'POST' && { body: body as string, duplex: 'half' }),
  } as RequestInit);
  return {
    status: response.status,
    type: response.headers.get('content-type'),
    retryAfter: response.headers.get('retry-after'),
    bytes: Buffer.from(await response.arrayBuffer()),
  };
}

function portOf(): number {
  return (server.address() as AddressInfo).port;
}

/** Everything that a connection answers to raw text. */
async function speak(text: string, end = false): Promise<string> {
  const socket = connect(portOf(), '127.0.0.1');
  let answer = '';
  socket.on('data', (chunk) => {
    answer += String(chunk);
  });
  socket.on('error', () => undefined);
  socket.write(text);
  if (end) setImmediate(() => socket.destroy());
  await once(socket, 'close');
  return answer;
}

function streamOf(...chunks: Buffer[]): ReadableStream {
  return new ReadableStream({
    async start(controller) {
      for (const chunk of chunks) {
        controller.enqueue(chunk);
        await sleep(5);
      }
      controller.close();
    },
  });
}

describe('the OTLP receiver', () => {
  it.each<[string, () => string | Buffer | ReadableStream, Sent, string]>([
    ['JSON', () => JSON_TEXT, {}, '{}'],
    ['JSON with a charset', () => JSON_TEXT, { type: 'application/json; charset=utf-8' }, '{}'],
    ['protobuf', () => PROTOBUF, { type: PROTOBUF_TYPE }, ''],
    ['gzipped protobuf', () => gzipSync(PROTOBUF), { type: PROTOBUF_TYPE, coding: 'gzip' }, ''],
    ['a path with a query', () => JSON_TEXT, { path: '/v1/traces?a=1' }, '{}'],
    [
      'chunks without a length',
      () => streamOf(PROTOBUF.subarray(0, 9), PROTOBUF.subarray(9)),
      { type: PROTOBUF_TYPE },
      '',
    ],
  ])('takes %s and answers in kind', async (_what, body, sent, text) => {
    const answer = await post(body(), sent);
    expect(answer.status).toBe(200);
    expect(answer.bytes.toString()).toBe(text);
    const isProtobuf = sent.type === PROTOBUF_TYPE;
    expect(answer.type).toBe(isProtobuf ? PROTOBUF_TYPE : 'application/json');
    const wanted = isProtobuf ? PROTOBUF : Buffer.from(JSON_TEXT);
    expect(bodies).toEqual([[wanted, isProtobuf ? 'protobuf' : 'json']]);
    expect(refused).toEqual([]);
  });

  it('reads large bodies whole, one after the other and side by side', async () => {
    const large = Array.from({ length: 4 }, (_, index) =>
      Buffer.alloc(100_000 + index * 50_000, index),
    );
    ports.take = async (body, encoding) => {
      bodies.push([Buffer.from(body), encoding]);
      return TAKEN;
    };
    for (const body of large) await post(body, { type: PROTOBUF_TYPE });
    await post(streamOf(...large.slice(0, 2)), { type: PROTOBUF_TYPE });
    await Promise.all(large.slice(0, 2).map((body) => post(body, { type: PROTOBUF_TYPE })));
    const sizes = bodies.map(([{ length }]) => length);
    expect(sizes.slice(0, 5)).toEqual([100_000, 150_000, 200_000, 250_000, 250_000]);
    expect(sizes.slice(5).sort()).toEqual([100_000, 150_000]);
    for (const [index, body] of large.entries()) expect(bodies[index]?.[0].equals(body)).toBe(true);
    expect(bodies[4]?.[0].equals(Buffer.concat(large.slice(0, 2)))).toBe(true);
  });

  it.each<[string, () => string | Buffer | ReadableStream, Sent, number, string]>([
    ['what is neither', () => JSON_TEXT, { type: 'text/plain' }, 415, 'content type'],
    ['deflate', () => JSON_TEXT, { coding: 'deflate' }, 415, 'content encoding'],
    ['zstd', () => JSON_TEXT, { coding: 'zstd' }, 415, 'content encoding'],
    ['broken JSON', () => '{', {}, 400, 'broken JSON'],
    [
      'broken protobuf',
      () => Buffer.from('0aff', 'hex'),
      { type: PROTOBUF_TYPE },
      400,
      'broken protobuf',
    ],
    ['broken gzip', () => JSON_TEXT, { coding: 'gzip' }, 400, 'broken gzip'],
    ['a request over the limit', () => 'x'.repeat(500_000), {}, 413, 'too large'],
    [
      'gzip that swells over the limit',
      () => gzipSync(' '.repeat(10_000_000)),
      { coding: 'gzip' },
      413,
      'too large unpacked',
    ],
    ['logs', () => JSON_TEXT, { path: '/v1/logs' }, 404, 'not found'],
    ['a question', () => '', { method: 'GET' }, 400, 'not a POST'],
  ])('refuses %s, and counts it', async (_what, body, sent, status, reason) => {
    expect(await post(body(), sent)).toMatchObject({ status, retryAfter: null });
    expect(refused).toEqual([reason]);
  });

  it('refuses chunks once they are over the limit', async () => {
    const chunks = Array.from({ length: 5 }, () => Buffer.alloc(100_000));
    await post(streamOf(...chunks)).catch(() => undefined);
    expect(refused).toEqual(['too large']);
    expect(bodies).toEqual([]);
  });

  it('says in its Status what is wrong, in JSON and in protobuf', async () => {
    expect(JSON.parse((await post('{')).bytes.toString())).toEqual({
      code: 3,
      message: 'The request is not a JSON object',
    });
    const { bytes } = await post(Buffer.from('0aff', 'hex'), { type: PROTOBUF_TYPE });
    expect(bytes.subarray(0, 2)).toEqual(Buffer.from([0x08, 3]));
    expect(bytes.subarray(4).toString()).toMatch(/^The request is not valid protobuf/);
  });

  it('says what it left out', async () => {
    ports.take = async () => ({ rejectedSpans: 300, reasons: ['no name'] });
    expect(JSON.parse((await post(JSON_TEXT)).bytes.toString())).toEqual({
      partialSuccess: { rejectedSpans: '300', errorMessage: 'no name' },
    });
    const { bytes } = await post(PROTOBUF, { type: PROTOBUF_TYPE });
    const inner = Buffer.concat([Buffer.from([0x08, 0xac, 0x02, 0x12, 7]), Buffer.from('no name')]);
    expect(bytes).toEqual(Buffer.concat([Buffer.from([0x0a, inner.length]), inner]));
  });

  it.each([
    ['the store is away', new Fault('estate/unavailable', 'away'), 503, '5', 'could not be stored'],
    ['anything else breaks', new Error('a detail'), 503, '5', 'could not be stored'],
    ['too much waits', new Fault('intake/queue-too-many', 'full'), 429, '1', 'too many at once'],
  ])('asks to come back when %s', async (_what, thrown, status, retryAfter, reason) => {
    ports.take = async () => {
      throw thrown;
    };
    const answer = await post(JSON_TEXT);
    expect(answer).toMatchObject({ status, retryAfter });
    expect(answer.bytes.toString()).not.toMatch(/a detail/);
    expect(refused).toEqual([reason]);
  });

  it('asks who is not admitted, before it reads anything', async () => {
    ports.admit = () => {
      throw new Fault('otlp/unauthenticated', 'a token is needed');
    };
    expect((await post(JSON_TEXT)).status).toBe(401);
    expect(refused).toEqual(['host or token refused']);
  });

  it('reads only so many requests at once, and those that wait to be durable do not count', async () => {
    const head = `POST /v1/traces HTTP/1.1\r\nhost: x\r\ncontent-type: application/json\r\n`;
    let admitted = 0;
    ports.admit = () => void admitted++;
    const slow = [1, 2].map(() => speak(`${head}content-length: 10\r\n\r\n{`));
    while (admitted < 2) await sleep(1);
    expect((await post(JSON_TEXT)).status).toBe(429);
    await Promise.all(slow);
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
    const many = Array.from({ length: 5 }, () => post(JSON_TEXT));
    while (waiting < 3) await sleep(5);
    release();
    const statuses = (await Promise.all(many)).map(({ status }) => status);
    expect(statuses.filter((status) => status === 200).length).toBeGreaterThanOrEqual(3);
  });

  it('holds only so many bytes at once, and gives them back', async () => {
    const head = `POST /v1/traces HTTP/1.1\r\nhost: x\r\ncontent-type: ${PROTOBUF_TYPE}\r\n`;
    let admitted = 0;
    ports.admit = () => void admitted++;
    const slow = speak(`${head}content-length: 300000\r\n\r\n`);
    while (admitted < 1) await sleep(1);
    const answer = await post(Buffer.alloc(300_000), { type: PROTOBUF_TYPE });
    expect(answer).toMatchObject({ status: 429, retryAfter: '1' });
    await slow;
    ports.take = async () => TAKEN;
    for (let round = 0; round < 3; round++) {
      expect((await post(Buffer.alloc(300_000), { type: PROTOBUF_TYPE })).status).toBe(200);
    }
  });

  it.each([
    ['headers', 'POST /v1/traces HTTP/1.1\r\nhost: x\r\n'],
    [
      'a body',
      'POST /v1/traces HTTP/1.1\r\nhost: x\r\ncontent-type: application/json\r\ncontent-length: 9\r\n\r\n{',
    ],
  ])('does not wait for slow %s', async (_what, text) => {
    expect(await speak(text)).toMatch(/^HTTP\/1\.1 408 /);
    await expect.poll(() => refused).toEqual(['too slow']);
  });

  it('counts what breaks off, and what is no HTTP', async () => {
    const head = `POST /v1/traces HTTP/1.1\r\nhost: x\r\ncontent-type: application/json\r\n`;
    await speak(`${head}content-length: 100\r\n\r\n{`, true);
    await expect.poll(() => refused).toEqual(['broken off']);
    expect(await speak('hello\r\n\r\n')).toMatch(/^HTTP\/1\.1 400 /);
    expect(refused).toEqual(['broken off', 'not HTTP']);
  });
});
