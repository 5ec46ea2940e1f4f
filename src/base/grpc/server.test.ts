import { once } from 'node:events';
import { type AddressInfo, connect as connectTcp, type Socket } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';
import { gzipSync } from 'node:zlib';
import fc from 'fast-check';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { Fault } from '../fault.ts';
import { textField } from '../protobuf/index.ts';
import type { EndedCall } from './calls.ts';
import type { GrpcCall } from './method.ts';
import type { GrpcRefusal } from './refusals.ts';
import { createGrpcServer, type GrpcServer } from './server.ts';
import { framed, RawClient, retrySeconds } from './testing/client.ts';

const LIMITS = {
  maxMessageBytes: 200_000,
  maxInflatedBytes: 400_000,
  maxBufferedBytes: 500_000,
  maxCalls: 5,
  maxConnections: 4,
  maxWaitingMessages: 2,
  messageSeconds: 0.2,
  idleSeconds: 0.2,
  answerSeconds: 0.2,
  windowBytes: 65_535,
};

let echo: (message: Buffer, call: GrpcCall) => Promise<Uint8Array>;
let gather: (messages: AsyncIterable<Buffer>, call: GrpcCall) => Promise<Uint8Array>;
let admit: () => void;
let ended: EndedCall[];
let refused: GrpcRefusal[];
let grpc: GrpcServer;
let client: RawClient;
let origin: string;

beforeEach(async () => {
  echo = async (message) => Buffer.from(message);
  gather = async (messages) => {
    const all: Buffer[] = [];
    for await (const message of messages) all.push(Buffer.from(message));
    return Buffer.concat(all);
  };
  admit = () => {};
  ended = [];
  refused = [];
  grpc = createGrpcServer({
    limits: LIMITS,
    services: [
      {
        name: 'test.Words',
        methods: {
          Echo: { kind: 'unary', handle: (message, call) => echo(message, call) },
          Gather: { kind: 'client-stream', handle: (messages, call) => gather(messages, call) },
        },
      },
    ],
    admit: () => admit(),
    onEnd: (call) => ended.push(call),
    onRefused: (reason) => refused.push(reason),
  });
  grpc.server.listen(0, '127.0.0.1');
  await once(grpc.server, 'listening');
  origin = `http://127.0.0.1:${(grpc.server.address() as AddressInfo).port}`;
  client = new RawClient(origin);
});
afterEach(async () => {
  client.close();
  await grpc.close(0);
});

const ECHO = '/test.Words/Echo';
const GATHER = '/test.Words/Gather';
const HELLO = Buffer.from('hello');

/** Until the server holds nothing of any call. */
async function settled(): Promise<void> {
  while (grpc.calls.count > 0) await sleep(1);
  expect(grpc.calls.heldBytes).toBe(0);
}

describe('a unary call', () => {
  it('is answered with its message and status 0', async () => {
    const answer = await client.call(ECHO, HELLO);
    expect(answer).toMatchObject({ httpStatus: 200, code: 0, message: undefined, resetCode: 0 });
    expect(answer.bytes).toEqual(framed(HELLO));
    expect(answer.headers['content-type']).toBe('application/grpc');
    expect(ended).toEqual([{ path: ECHO, code: 0 }]);
    await settled();
  });

  it('may be long, and may be empty', async () => {
    const long = Buffer.alloc(190_000, 'abc');
    expect((await client.call(ECHO, long)).bytes.equals(framed(long))).toBe(true);
    expect((await client.call(ECHO, Buffer.alloc(0))).bytes).toEqual(framed(Buffer.alloc(0)));
  });

  it('may be compressed, as its header says', async () => {
    const packed = framed(gzipSync(HELLO), 1);
    const answer = await client.begin(ECHO, { 'grpc-encoding': 'gzip' }).end(packed);
    expect(answer.bytes).toEqual(framed(HELLO));
    const plain = await client.begin(ECHO, { 'grpc-encoding': 'gzip' }).end(framed(HELLO));
    expect(plain.bytes).toEqual(framed(HELLO));
  });

  it.each<[string, string, Buffer, Record<string, string>, number]>([
    ['of an unknown method', '/test.Words/None', framed(HELLO), {}, 12],
    ['of a method of all objects', '/constructor', framed(HELLO), {}, 12],
    ['in an unknown coding', ECHO, framed(HELLO, 1), { 'grpc-encoding': 'br' }, 12],
    ['compressed without a coding', ECHO, framed(HELLO, 1), {}, 13],
    ['with broken gzip', ECHO, framed(HELLO, 1), { 'grpc-encoding': 'gzip' }, 3],
    [
      'that swells',
      ECHO,
      framed(gzipSync(Buffer.alloc(4_000_000)), 1),
      { 'grpc-encoding': 'gzip' },
      8,
    ],
    ['that says it is too long', ECHO, framed(HELLO, 0, 200_001), {}, 8],
    ['with an unknown flag', ECHO, framed(HELLO, 2), {}, 13],
    ['that ends inside its message', ECHO, framed(HELLO, 0, 6), {}, 13],
    ['without a message', ECHO, Buffer.alloc(0), {}, 12],
    ['with two messages', ECHO, Buffer.concat([framed(HELLO), framed(HELLO)]), {}, 12],
    ['with a timeout that is none', ECHO, framed(HELLO), { 'grpc-timeout': '5 s' }, 3],
  ])('%s is refused in the protocol', async (_, path, bytes, headers, code) => {
    const answer = await client.begin(path, headers).end(bytes);
    expect(answer).toMatchObject({ httpStatus: 200, code });
    expect(answer.message).not.toBe('');
    expect(retrySeconds(answer)).toBeUndefined();
    expect(ended.map((call) => call.code)).toEqual([code]);
    await settled();
    expect((await client.call(ECHO, HELLO)).code).toBe(0);
  });

  it('names no unknown method to whoever counts', async () => {
    await client.call('/made/up', HELLO);
    expect(ended).toEqual([{ path: '', code: 12 }]);
  });

  it('that is refused before it is sent ends without waiting for it', async () => {
    admit = () => {
      throw new Fault('test/unauthenticated', 'Who are you?');
    };
    const call = client.begin(ECHO);
    call.stream.write(framed(Buffer.alloc(100_000), 0, 150_000));
    expect(await call.answer).toMatchObject({ code: 16, message: 'Who are you?' });
  });

  it('that cannot be taken now is to be sent again, and says after how long', async () => {
    echo = async () => {
      throw new Fault('test/queue-too-many', 'Full');
    };
    const answer = await client.call(ECHO, HELLO);
    expect(answer).toMatchObject({ code: 8, message: 'Full' });
    expect(retrySeconds(answer)).toBe(1);
  });

  it('whose handler breaks is an internal fault without words, and told to whoever logs', async () => {
    const defect = new Error('secret');
    echo = async () => {
      throw defect;
    };
    expect(await client.call(ECHO, HELLO)).toMatchObject({ code: 13, message: 'internal fault' });
    expect(ended).toEqual([{ path: ECHO, code: 13, defect }]);
  });

  it('is given up at its deadline, and its handler hears of it', async () => {
    let reason: unknown;
    echo = (_, { signal }) =>
      new Promise((_resolve, reject) => {
        signal.addEventListener('abort', () => {
          reason = signal.reason;
          reject(signal.reason);
        });
      });
    expect(await client.call(ECHO, HELLO, { 'grpc-timeout': '20m' })).toMatchObject({ code: 4 });
    expect(reason).toMatchObject({ code: 'grpc/deadline-exceeded' });
    await settled();
  });

  it('that is cancelled is held until its handler comes back', async () => {
    const { promise, resolve } = Promise.withResolvers<Uint8Array>();
    const called = Promise.withResolvers<AbortSignal>();
    echo = (_, { signal }) => {
      called.resolve(signal);
      return promise;
    };
    const call = client.begin(ECHO);
    call.stream.end(framed(HELLO));
    const signal = await called.promise;
    call.stream.close(8);
    if (!signal.aborted) await once(signal, 'abort');
    expect(grpc.calls).toMatchObject({ count: 1, heldBytes: 5 });
    resolve(HELLO);
    await settled();
    expect(ended).toEqual([{ path: ECHO, code: 1 }]);
  });

  it('that comes too slowly is given up', async () => {
    const call = client.begin(ECHO);
    call.stream.write(framed(HELLO, 0, 100));
    expect(await call.answer).toMatchObject({ code: 4 });
    const silent = client.begin(ECHO);
    expect(await silent.answer).toMatchObject({ code: 4 });
    const endless = client.begin(ECHO);
    endless.stream.write(framed(HELLO));
    expect(await endless.answer).toMatchObject({ code: 4 });
    await settled();
  });

  it('beyond the limit of calls is to be sent again', async () => {
    const { promise, resolve } = Promise.withResolvers<Uint8Array>();
    echo = () => promise;
    const calls = Array.from({ length: 6 }, () => client.call(ECHO, HELLO));
    const refused = await Promise.race(calls);
    expect(refused.code).toBe(8);
    expect(retrySeconds(refused)).toBe(1);
    resolve(HELLO);
    const codes = (await Promise.all(calls)).map(({ code }) => code);
    expect(codes.sort()).toEqual([0, 0, 0, 0, 0, 8]);
  });

  it.each([
    ['as sent', (bytes: Buffer) => framed(bytes)],
    ['once they are unpacked', (bytes: Buffer) => framed(gzipSync(bytes), 1)],
  ])('beyond the limit of bytes, %s, is to be sent again', async (_, pack) => {
    const { promise, resolve } = Promise.withResolvers<Uint8Array>();
    echo = () => promise;
    const bytes = pack(Buffer.alloc(190_000));
    const calls = Array.from({ length: 3 }, () =>
      client.begin(ECHO, { 'grpc-encoding': 'gzip' }).end(bytes),
    );
    const refused = await Promise.race(calls);
    expect(refused.code).toBe(8);
    expect(retrySeconds(refused)).toBe(1);
    resolve(HELLO);
    await Promise.all(calls);
    await settled();
  });
});

describe('what is no call', () => {
  it.each([
    ['another type', { 'content-type': 'application/json' }, 415],
    ['gRPC for browsers', { 'content-type': 'application/grpc-web' }, 415],
    ['another method', { ':method': 'PUT' }, 405],
  ])('of %s is refused as HTTP does', async (_, headers, httpStatus) => {
    const answer = await client.call(ECHO, HELLO, headers);
    expect(answer).toMatchObject({ httpStatus, code: undefined });
    expect(ended).toEqual([]);
    expect(refused).toEqual(['not gRPC']);
  });

  it('of HTTP/1 is hung up on', async () => {
    const socket = connectTcp(Number(new URL(origin).port), '127.0.0.1');
    socket.on('error', () => {});
    socket.resume();
    socket.write('GET / HTTP/1.1\r\nhost: x\r\n\r\n');
    await once(socket, 'close');
    expect(refused).toEqual(['broken connection']);
    expect((await client.call(ECHO, HELLO)).code).toBe(0);
  });
});

describe('a stream of messages', () => {
  it('is answered when it ends', async () => {
    const call = client.begin(GATHER).send(HELLO, Buffer.from(' '), Buffer.alloc(0));
    await sleep(5);
    const answer = await call.send(HELLO).end();
    expect(answer).toMatchObject({ code: 0 });
    expect(answer.bytes).toEqual(framed(Buffer.from('hello hello')));
    await settled();
  });

  it('is read no faster than its messages are taken', async () => {
    const gate = Promise.withResolvers<void>();
    let taken = 0;
    gather = async (messages) => {
      for await (const _ of messages) {
        taken++;
        await gate.promise;
      }
      return HELLO;
    };
    const call = client.begin(GATHER);
    let written = 0;
    const message = framed(Buffer.alloc(50_000));
    const pump = (): void => {
      while (written < 40) {
        written++;
        if (!call.stream.write(message)) {
          call.stream.once('drain', pump);
          return;
        }
      }
      call.stream.end();
    };
    pump();
    await sleep(300);
    expect(taken).toBe(1);
    expect(written).toBeLessThan(10);
    expect(grpc.calls.heldBytes).toBeLessThanOrEqual(4 * 50_000);
    gate.resolve();
    expect(await call.answer).toMatchObject({ code: 0 });
    expect(taken).toBe(40);
    await settled();
  });

  it('may pause as long as it likes between messages, and not within one', async () => {
    const call = client.begin(GATHER).send(HELLO);
    await sleep(300);
    expect(ended).toEqual([]);
    call.stream.write(framed(HELLO).subarray(0, 3));
    expect(await call.answer).toMatchObject({ code: 4 });
  });

  it('gives what came before it broke, and then the fault', async () => {
    const seen: string[] = [];
    gather = async (messages) => {
      for await (const message of messages) seen.push(message.toString());
      return HELLO;
    };
    const answer = await client
      .begin(GATHER)
      .send(HELLO)
      .end(framed(HELLO, 0, 300_000));
    expect(answer.code).toBe(8);
    expect(seen).toEqual(['hello']);
    await settled();
  });

  it.each([
    ['resets it', (socket: Socket) => socket.write(RESET)],
    ['hangs up', (socket: Socket) => socket.destroy()],
  ])('is over when its caller %s', async (_, leave) => {
    let thrown: unknown;
    gather = async (messages) => {
      try {
        for await (const _ of messages);
      } catch (caught) {
        thrown = caught;
      }
      return HELLO;
    };
    const socket = callByHand(GATHER);
    while (grpc.calls.count === 0) await sleep(1);
    leave(socket);
    await settled();
    expect(thrown).toMatchObject({ code: 'grpc/cancelled' });
    socket.destroy();
  });

  it('ends when the server does, which waits for its handler', async () => {
    let isKept = false;
    gather = async (messages) => {
      try {
        for await (const _ of messages);
      } finally {
        await sleep(30);
        isKept = true;
      }
      return HELLO;
    };
    const call = client.begin(GATHER).send(HELLO);
    while (grpc.calls.count === 0) await sleep(1);
    await grpc.close(5_000);
    expect(isKept).toBe(true);
    expect(await call.answer).toMatchObject({ code: 14 });
  });
});

describe('a connection', () => {
  it('is one of a few', async () => {
    await client.call(ECHO, HELLO);
    const others = Array.from({ length: 5 }, () => new RawClient(origin));
    const answers = await Promise.all(others.map((other) => other.call(ECHO, HELLO)));
    expect(answers.filter(({ code }) => code === 0)).toHaveLength(3);
    expect(refused).toEqual(['too many connections', 'too many connections']);
    for (const other of others) other.close();
  });

  it('is closed when it is idle, before its first call too', async () => {
    const silent = connectTcp(Number(new URL(origin).port), '127.0.0.1');
    silent.resume();
    await client.call(ECHO, HELLO);
    await Promise.all([client.closed(), once(silent, 'close')]);
    while (grpc.connections.count > 0) await sleep(1);
  });

  it('of a long call stays, as long as somebody is there', async () => {
    const call = client.begin(GATHER).send(HELLO);
    await sleep(700);
    expect(client.session.closed).toBe(false);
    expect(await call.end()).toMatchObject({ code: 0 });
  });

  it('with nobody at its other end is given up', async () => {
    // Nobody will answer a ping.
    const dead = callByHand(GATHER);
    while (grpc.calls.count === 0) await sleep(1);
    await once(dead.resume(), 'close');
    expect(refused).toEqual(['nobody there']);
    await settled();
  });

  it('that only pings is closed', async () => {
    await client.call(ECHO, HELLO);
    const closed = client.closed();
    const ping = (): void => {
      if (!client.session.destroyed) client.session.ping(ping);
    };
    ping();
    await closed;
    expect(refused).toContain('control frames without calls');
  });

  it('that only changes its settings is closed', async () => {
    const socket = callByHand(GATHER).resume();
    const closed = new Promise<void>((resolve) => socket.once('close', () => resolve()));
    socket.write(Buffer.concat(Array.from({ length: 3_000 }, () => EMPTY_SETTINGS)));
    await closed;
    await settled();
  });

  it('of any bytes leaves the server answering', async () => {
    await fc.assert(
      fc.asyncProperty(fc.boolean(), fc.uint8Array({ maxLength: 200 }), async (isBegun, bytes) => {
        const { port } = grpc.server.address() as AddressInfo;
        const socket = isBegun ? callByHand(ECHO) : connectTcp(port, '127.0.0.1');
        socket.on('error', () => {});
        socket.resume().end(bytes);
        await new Promise<void>((resolve) => socket.once('close', () => resolve()));
      }),
      { numRuns: 60 },
    );
    await settled();
    const other = new RawClient(origin);
    expect((await other.call(ECHO, HELLO)).code).toBe(0);
    other.close();
  });

  it('that opens calls and resets them is closed', async () => {
    await client.call(ECHO, HELLO);
    const closed = client.closed();
    while (!client.session.destroyed && !client.session.closed) {
      for (let n = 0; n < 100 && !client.session.destroyed && !client.session.closed; n++) {
        client.begin(ECHO).stream.close(8);
      }
      await sleep(1);
    }
    await closed;
    await settled();
  });
});

describe('the health of the server', () => {
  it.each([
    ['', 0],
    ['test.Words', 0],
    ['unknown', 5],
  ])('as %j is asked for by anybody', async (name, code) => {
    admit = () => {
      throw new Fault('test/unauthenticated', 'Who are you?');
    };
    const answer = await client.call('/grpc.health.v1.Health/Check', textField(1, name));
    expect(answer.code).toBe(code);
    expect(answer.bytes.toString('hex')).toBe(code === 0 ? '00000000020801' : '');
  });
});

/** RST_STREAM of the first call, with CANCEL. */
const RESET = Buffer.from('00000403000000000100000008', 'hex');

const EMPTY_SETTINGS = Buffer.from('000000040000000000', 'hex');

/** Begins a call frame by frame: the preface, empty settings, and HEADERS without compression. */
function callByHand(path: string): Socket {
  const socket = connectTcp(Number(new URL(origin).port), '127.0.0.1');
  socket.on('error', () => {});
  const literal = (name: string, value: string) =>
    Buffer.concat([
      Buffer.from([0, name.length]),
      Buffer.from(name),
      Buffer.from([value.length]),
      Buffer.from(value),
    ]);
  const block = Buffer.concat([
    literal(':method', 'POST'),
    literal(':scheme', 'http'),
    literal(':path', path),
    literal(':authority', 'x'),
    literal('content-type', 'application/grpc'),
  ]);
  const head = Buffer.from([0, 0, block.length, 1, 4, 0, 0, 0, 1]);
  socket.write(
    Buffer.concat([Buffer.from('PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n'), EMPTY_SETTINGS, head, block]),
  );
  return socket;
}
