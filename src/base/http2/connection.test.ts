import { once } from 'node:events';
import { connect } from 'node:http2';
import { setTimeout as sleep } from 'node:timers/promises';
import fc from 'fast-check';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { frameOf, resetFrame, settingsFrame, windowUpdateFrame } from './frames.ts';
import { encodeHeaders } from './hpack/index.ts';
import { ERROR, FLAG, FRAME, PREFACE } from './protocol.ts';
import type { Http2Stream } from './stream.ts';
import {
  data,
  END,
  OK,
  Peer,
  request,
  serveHttp2,
  type TestServer,
  wholeRequest,
} from './testing/peer.ts';

let serve: (stream: Http2Stream) => void;
let server: TestServer;
beforeEach(async () => {
  serve = (stream) => {
    const body: Buffer[] = [];
    stream.onData = (bytes) => body.push(Buffer.from(bytes));
    stream.onEnd = () => stream.answer(OK, Buffer.concat(body), END);
  };
  server = await serveHttp2((stream) => serve(stream));
});
afterEach(() => server.close());

const peer = () => new Peer(server.port);

describe('a request', () => {
  it('is answered as it says, to a client of another make', async () => {
    const name = fc.stringMatching(/^[a-z][a-z0-9-]{0,20}$/).map((text) => `x-${text}`);
    const value = fc.stringMatching(/^[!-~]([ -~]{0,40}[!-~])?$/);
    serve = (stream) => {
      const body: Buffer[] = [];
      const own = Object.entries(stream.headers).filter(([key]) => key.startsWith('x-'));
      const block = encodeHeaders([[':status', '200'], ...(own as [string, string][])]);
      stream.onData = (bytes) => body.push(Buffer.from(bytes));
      stream.onEnd = () => stream.answer(block, Buffer.concat(body), END);
    };
    const session = connect(`http://127.0.0.1:${server.port}`);
    await fc.assert(
      fc.asyncProperty(fc.dictionary(name, value), fc.uint8Array(), async (headers, body) => {
        const call = session.request({ ':method': 'POST', ':path': '/', ...headers });
        call.end(body);
        const [answered] = await once(call, 'response');
        const chunks: Buffer[] = [];
        for await (const chunk of call) chunks.push(chunk);
        expect(answered).toMatchObject(headers);
        expect(Buffer.concat(chunks)).toEqual(Buffer.from(body));
      }),
    );
    session.destroy();
  });

  it('may have a long body and a long answer, which wait for the windows of both sides', async () => {
    const session = connect(`http://127.0.0.1:${server.port}`);
    const body = Buffer.alloc(3_000_000, 'abcdefg');
    const calls = [1, 2, 3].map(async () => {
      const call = session.request({ ':method': 'POST', ':path': '/' });
      call.end(body);
      const chunks: Buffer[] = [];
      for await (const chunk of call) chunks.push(chunk);
      return Buffer.concat(chunks).equals(body);
    });
    expect(await Promise.all(calls)).toEqual([true, true, true]);
    session.destroy();
  });

  it('that is answered before it is all there is told to stop, and may go on a while', async () => {
    serve = (stream) => stream.answerHeaders(OK);
    const client = peer().send(request(1));
    expect(await client.refusal()).toEqual({ code: ERROR.none, isStream: true });
    client.send(data(1, 100), data(1, 100, FLAG.endStream), wholeRequest(3));
    expect(await client.next(FRAME.headers)).toMatchObject({ streamId: 1 });
    expect(await client.next(FRAME.headers)).toMatchObject({ streamId: 3 });
    // what came in the meantime was not held against it
    expect(client.seen.filter(({ type }) => type === FRAME.reset)).toEqual([]);
    client.socket.destroy();
  });

  it('that nobody takes is held up, and its bytes are held once', async () => {
    let stream: Http2Stream | undefined;
    let taken = 0;
    serve = (begun) => {
      stream = begun;
      begun.pause();
      begun.onData = (bytes) => {
        taken += bytes.length;
      };
      begun.onEnd = () => begun.answerHeaders(OK);
    };
    const client = peer().send(request(1));
    for (let sent = 0; sent < 60_000; sent += 100) client.send(data(1, 100));
    client.send(data(1, 0, FLAG.endStream), wholeRequest(3));
    while (stream?.id !== 3) await sleep(1);
    expect(taken).toBe(0);
    expect(await Promise.race([client.next(FRAME.windowUpdate), sleep(20)])).toMatchObject({
      streamId: 0, // the greeting
    });
    stream.resume();
    expect(await client.next(FRAME.headers)).toMatchObject({ streamId: 3 });
    client.socket.destroy();
  });
});

const ping = frameOf(FRAME.ping, 0, 0, Buffer.alloc(8));
const many = (count: number, frame: (at: number) => Buffer) =>
  Buffer.concat(Array.from({ length: count }, (_, at) => frame(at)));

describe('a client that keeps the server busy', () => {
  it.each<[string, Buffer]>([
    ['pings', many(1_100, () => ping)],
    ['changes its settings', many(1_100, () => settingsFrame({ initialWindowSize: 1 }))],
    ['sends priorities', many(1_100, () => frameOf(FRAME.priority, 0, 1, Buffer.alloc(5)))],
    ['widens its windows', many(1_100, () => windowUpdateFrame(0, 1))],
    ['sends frames of no known type', many(1_100, () => frameOf(77, 0, 0, Buffer.alloc(1)))],
    ['sends empty pieces of a body', Buffer.concat([request(1), many(2_200, () => data(1, 0))])],
    [
      'begins requests and breaks them off',
      many(1_100, (at) => Buffer.concat([request(at * 2 + 1), resetFrame(at * 2 + 1, 8)])),
    ],
    [
      'makes the server break off its requests',
      many(200, (at) => Buffer.concat([request(at * 2 + 1), windowUpdateFrame(at * 2 + 1, 0)])),
    ],
    ['begins more requests than it may', many(1_200, (at) => request(at * 2 + 1))],
    [
      'never ends its headers',
      Buffer.concat([
        request(1, 0),
        many(20, () => frameOf(FRAME.continuation, 0, 1, Buffer.alloc(0))),
      ]),
    ],
    [
      'sends headers without end',
      Buffer.concat([
        request(1, 0),
        many(5, () => frameOf(FRAME.continuation, 0, 1, Buffer.alloc(16_000))),
      ]),
    ],
  ])('%s is hung up on', async (_, frames) => {
    serve = () => {};
    const client = peer().send(frames);
    expect(await client.goaway()).toBe(ERROR.enhanceYourCalm);
    while (server.connections.size > 0) await sleep(1);
    expect(server.faults).toMatchObject([{ isFlood: true }]);
  });

  it('may send a few control frames for each piece of a body', async () => {
    serve = (stream) => {
      stream.begin(OK);
      for (let at = 0; at < 1_000; at++) stream.write(Buffer.alloc(10), () => {});
    };
    const client = peer().send(wholeRequest(1));
    for (let at = 0; at < 1_000; at++) await client.next(FRAME.data);
    client.send(
      many(3_000, () => windowUpdateFrame(0, 1)),
      ping,
    );
    expect(await client.next(FRAME.ping)).toMatchObject({ flags: FLAG.ack });
    client.socket.destroy();
  });

  it('and reads no answers is not read any more', async () => {
    serve = (stream) => {
      stream.begin(OK);
      const isFirst = stream.id === 1;
      for (let at = 0; at < (isFirst ? 20_000 : 1); at++) {
        stream.write(Buffer.alloc(isFirst ? 1 : 50_000_000), () => {});
      }
    };
    const client = peer().send(
      settingsFrame({ initialWindowSize: 2 ** 31 - 1 }),
      windowUpdateFrame(0, 2 ** 31 - 1 - 65_535),
      wholeRequest(1),
    );
    // with which it may ping more often than a client may who gets nothing
    for (let at = 0; at < 20_000; at++) await client.next(FRAME.data);
    client.socket.pause();
    client.send(wholeRequest(3));
    const [connection] = server.connections;
    while (connection?.socket.writableNeedDrain !== true) await sleep(1);
    expect(connection.socket.writableLength).toBeLessThan(200_000);
    client.send(many(60_000, () => ping));
    while (!connection.socket.isPaused()) await sleep(1);
    await sleep(20);
    expect(connection.socket.writableLength).toBeLessThan(400_000);
    client.socket.resume();
    for (let at = 0; at < 60_000; at++) expect(await client.next(FRAME.ping)).toBeDefined();
    client.socket.destroy();
  });
});

describe('a client that breaks the protocol', () => {
  it.each<[string, Buffer, number, boolean]>([
    ['sends more than its window', many(5, () => data(1, 16_000)), ERROR.flowControl, true],
    [
      'widens a window beyond all bounds',
      windowUpdateFrame(1, 2 ** 31 - 1),
      ERROR.flowControl,
      true,
    ],
    [
      'widens the connection beyond all bounds',
      windowUpdateFrame(0, 2 ** 31 - 1),
      ERROR.flowControl,
      false,
    ],
    ['pushes', frameOf(FRAME.pushPromise, 4, 1, Buffer.alloc(4)), ERROR.protocol, false],
    [
      'sends headers that cannot be read',
      request(3, 4, Buffer.from([0x80])),
      ERROR.compression,
      false,
    ],
    [
      'goes back to a number that it has left out',
      Buffer.concat([wholeRequest(7), request(5)]),
      ERROR.streamClosed,
      false,
    ],
    [
      'sends more headers than it may',
      request(
        3,
        4,
        encodeHeaders([
          [':method', 'GET'],
          [':scheme', 'http'],
          [':path', '/'],
          ...Array.from({ length: 20 }, (_, at): [string, string] => [`x-${at}`, 'y']),
        ]),
      ),
      ERROR.enhanceYourCalm,
      true,
    ],
    [
      'sends larger headers than it may',
      request(3, 4, encodeHeaders([[':path', `/${'x'.repeat(2_000)}`]])),
      ERROR.enhanceYourCalm,
      true,
    ],
    [
      'sends a frame that is too large',
      Buffer.from('00400100000000000100', 'hex'),
      ERROR.frameSize,
      false,
    ],
    [
      'sends a body behind its end',
      Buffer.concat([data(1, 1, 1), data(1, 1)]),
      ERROR.streamClosed,
      true,
    ],
    ['sends two bodies', Buffer.concat([request(1), data(1, 1)]), ERROR.protocol, true],
  ])('and %s is told so', async (_, frames, code, isStream) => {
    serve = (stream) => stream.pause();
    const client = peer().send(request(1), frames);
    expect(await client.refusal()).toEqual({ code, isStream });
    client.socket.destroy();
  });

  it.each([
    ['HTTP/1', Buffer.from('GET / HTTP/1.1\r\nhost: x\r\n\r\n')],
    ['something else', Buffer.alloc(30, 1)],
  ])('and speaks %s is hung up on without a word', async (_, bytes) => {
    const client = new Peer(server.port, false).send(bytes);
    expect(await client.goaway()).toBeUndefined();
    expect(server.faults).toMatchObject([{ errorCode: ERROR.http11Required }]);
  });

  it.each([
    ['its preface', () => new Peer(server.port, false).send(PREFACE.subarray(0, 9))],
    ['its settings', () => new Peer(server.port, false).send(PREFACE)],
    ['its headers', () => peer().send(request(1, 0))],
  ])('and does not end %s is hung up on after a while', async (_, begin) => {
    expect(await begin().goaway()).toBe(ERROR.protocol);
  });

  it('by any frames harms nobody else', async () => {
    const frame = fc
      .record({
        type: fc.nat(11),
        flags: fc.nat(63),
        streamId: fc.nat(7),
        payload: fc.uint8Array({ maxLength: 30 }),
      })
      .map(({ type, flags, streamId, payload }) => frameOf(type, flags, streamId, payload));
    await fc.assert(
      fc.asyncProperty(fc.array(frame, { maxLength: 12 }), async (frames) => {
        const client = peer().send(request(1), ...frames);
        client.socket.end();
        expect(await client.next(-1)).toBeUndefined();
      }),
      { numRuns: 150 },
    );
    expect(await peer().send(wholeRequest(1)).next(FRAME.headers)).toMatchObject({ streamId: 1 });
  });
});

describe('a connection that ends', () => {
  it('lets what is under way end, and begins nothing', async () => {
    let under: Http2Stream | undefined;
    serve = (stream) => {
      under = stream;
    };
    const client = peer().send(wholeRequest(1));
    while (!under) await sleep(1);
    for (const connection of server.connections) connection.close();
    expect(await client.next(FRAME.goaway)).toMatchObject({
      payload: Buffer.from('0000000100000000', 'hex'),
    });
    client.send(request(3), data(3, 10), ping);
    await client.next(FRAME.ping);
    expect(under.id).toBe(1);
    under.answer(OK, Buffer.from('late'), END);
    expect(await client.next(FRAME.data)).toMatchObject({ payload: Buffer.from('late') });
    expect(await client.next(-1)).toBeUndefined();
    expect(server.faults).toEqual([undefined]);
  });

  it.each(['hangs up', 'vanishes'])('because its client %s tells every stream', async (how) => {
    const told: boolean[] = [];
    let begun = 0;
    serve = (stream) => {
      begun++;
      stream.whenClosed((isAnswered) => told.push(isAnswered));
    };
    const client = peer().send(request(1), request(3));
    while (begun < 2) await sleep(1);
    if (how === 'hangs up') client.socket.end();
    else client.socket.resetAndDestroy();
    while (told.length < 2) await sleep(1);
    expect(told).toEqual([false, false]);
    expect(server.connections.size).toBe(0);
  });
});

describe('an answer', () => {
  it('goes out in one piece with those of the same tick', async () => {
    const chunks: Buffer[] = [];
    const client = peer();
    client.send(wholeRequest(1));
    for (let at = 0; at < 2; at++) await client.next(FRAME.headers);
    client.socket.on('data', (chunk: Buffer) => chunks.push(chunk));
    client.send(wholeRequest(3), wholeRequest(5));
    for (let at = 0; at < 4; at++) await client.next(FRAME.headers);
    expect(chunks).toHaveLength(1);
    client.socket.destroy();
  });

  it('is understood by a client that keeps no table of headers', async () => {
    const session = connect(`http://127.0.0.1:${server.port}`, {
      settings: { headerTableSize: 0 },
    });
    for (let count = 0; count < 2; count++) {
      const call = session.request({ ':path': '/' });
      const [headers] = await once(call, 'response');
      expect(headers[':status']).toBe(200);
      call.resume();
      await once(call, 'close');
    }
    session.destroy();
  });

  it('stops where its client takes back the window, and goes on later', async () => {
    const sent: string[] = [];
    serve = (stream) => {
      stream.begin(OK);
      stream.write(Buffer.from('abcdef'), () => sent.push('abcdef'));
      stream.end(END);
    };
    const client = peer().send(settingsFrame({ initialWindowSize: 4 }), wholeRequest(1));
    expect((await client.next(FRAME.data))?.payload.toString()).toBe('abcd');
    client.send(settingsFrame({ initialWindowSize: 0 }), windowUpdateFrame(1, 5));
    expect((await client.next(FRAME.data))?.payload.toString()).toBe('e');
    expect(sent).toEqual([]);
    client.send(windowUpdateFrame(1, 5));
    expect((await client.next(FRAME.data))?.payload.toString()).toBe('f');
    expect(sent).toEqual(['abcdef']);
    await client.next(FRAME.headers);
    expect(await client.next(FRAME.headers)).toMatchObject({
      flags: FLAG.endHeaders | FLAG.endStream,
    });
    client.socket.destroy();
  });
});
