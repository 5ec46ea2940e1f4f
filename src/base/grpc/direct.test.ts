import { setTimeout as sleep } from 'node:timers/promises';
import fc from 'fast-check';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { Fault } from '../fault.ts';
import { resetFrame } from '../http2/frames.ts';
import { encodeHeaders } from '../http2/index.ts';
import { FLAG, FRAME } from '../http2/protocol.ts';
import { data, Peer, request } from '../http2/testing/peer.ts';
import type { EndedCall } from './calls.ts';
import { framed } from './testing/client.ts';
import { type Served, serve } from './testing/serve.ts';

const AT_ONCE = '/test.Words/AtOnce';
const LATER = '/test.Words/Later';
const HELLO = Buffer.from('hello');
const LIMITS = { maxMessageBytes: 1_000, maxCalls: 3, messageSeconds: 60 };

/** Answers with the message turned round; some it does not like. */
function turned(message: Buffer): Buffer {
  if (message[0] === 1) throw new Fault('test/word-malformed', 'That is no word');
  if (message[0] === 2) throw new Error('secret');
  return Buffer.from(message.toReversed());
}

let served: Served;
let ended: EndedCall[];
let admit: () => void;

async function start(limits: Partial<typeof LIMITS> = {}): Promise<void> {
  ended = [];
  admit = () => {};
  served = await serve({
    limits: { ...LIMITS, ...limits },
    services: [
      {
        name: 'test.Words',
        methods: {
          AtOnce: { kind: 'direct', handle: turned },
          Later: { kind: 'unary', handle: async (message) => turned(message) },
        },
      },
    ],
    admit: () => admit(),
    onEnd: (call) => ended.push(call),
  });
}
beforeEach(() => start());
afterEach(() => served.close());

async function settled(): Promise<void> {
  while (served.grpc.calls.count > 0) await sleep(1);
  expect(served.grpc.calls.heldBytes).toBe(0);
}

/** HEADERS of a call. */
const head = (streamId: number, flags: number = FLAG.endHeaders): Buffer =>
  request(
    streamId,
    flags,
    encodeHeaders([
      [':method', 'POST'],
      [':scheme', 'http'],
      [':path', AT_ONCE],
      ['content-type', 'application/grpc'],
    ]),
  );
const port = (): number => Number(new URL(served.origin).port);

/** What came back on each stream, whose DATA frames have these messages. */
async function answersOf(peer: Peer, count: number): Promise<Map<number, string>> {
  const answers = new Map<number, string>();
  while (answers.size < count) {
    const frame = await peer.next(FRAME.data);
    if (frame === undefined) throw new RangeError('the server has hung up');
    answers.set(frame.streamId, frame.payload.subarray(5).toString());
  }
  return answers;
}

describe('a call that is answered at once', () => {
  it('is answered as another one is, whatever it sends in whatever pieces', async () => {
    const message = fc.uint8Array({ maxLength: 20 }).map((bytes) => framed(Buffer.from(bytes)));
    const bytes = fc.oneof(
      { weight: 4, arbitrary: message },
      fc.constant(framed(Buffer.alloc(1_001))),
      fc.constant(framed(HELLO, 1)),
      fc.array(message, { maxLength: 3 }).map((all) => Buffer.concat(all)),
      fc.uint8Array({ maxLength: 12 }).map((some) => Buffer.from(some)),
    );
    const headers = fc.constantFrom<Readonly<Record<string, string>>[]>(
      {},
      {},
      { 'grpc-timeout': '10S' },
      { 'grpc-timeout': 'soon' },
      { 'grpc-encoding': 'br' },
      { 'grpc-encoding': 'identity' },
    );
    const cuts = fc.array(fc.nat(25), { maxLength: 2 });
    await fc.assert(
      fc.asyncProperty(bytes, headers, cuts, fc.boolean(), async (sent, given, at, waits) => {
        const [now, later] = await Promise.all(
          [AT_ONCE, LATER].map(async (path) => {
            const call = served.client.begin(path, given);
            const ends = [...at.toSorted((a, b) => a - b), sent.length];
            let from = 0;
            for (const end of ends) {
              const piece = sent.subarray(from, end);
              from = Math.max(from, end);
              if (piece.length > 0) call.stream.write(piece);
              if (waits) await sleep(1);
            }
            const { httpStatus, code, message: words, bytes: answer } = await call.end();
            return { httpStatus, code, words, answer };
          }),
        );
        expect(now).toEqual(later);
      }),
      { numRuns: 60 },
    );
    await settled();
    const codesOf = (path: string) =>
      ended.filter((call) => call.path === path).map(({ code }) => code);
    expect(codesOf(AT_ONCE).toSorted()).toEqual(codesOf(LATER).toSorted());
  });

  it('may come among others in the same bytes, and before what it belongs to is whole', async () => {
    const peer = new Peer(port());
    const body = (text: string) => framed(Buffer.from(text));
    peer.send(
      head(1),
      data(1, body('abc'), FLAG.endStream),
      // two that come in turn
      head(3),
      head(5),
      data(3, body('def').subarray(0, 6)),
      data(5, body('ghi'), FLAG.endStream),
      data(3, body('def').subarray(6), FLAG.endStream),
      // one of which the end comes later
      head(7),
      data(7, body('jkl')),
    );
    expect(Object.fromEntries(await answersOf(peer, 3))).toEqual({ 1: 'cba', 3: 'fed', 5: 'ihg' });
    expect(served.grpc.calls.count).toBe(1);
    peer.send(data(7, Buffer.alloc(0), FLAG.endStream));
    expect(Object.fromEntries(await answersOf(peer, 1))).toEqual({ 7: 'lkj' });
    await settled();
    expect(ended.map(({ path, code }) => [path, code])).toEqual(Array(4).fill([AT_ONCE, 0]));
    peer.socket.destroy();
  });

  it('that is broken off in the same bytes is counted as that, and nothing of it is kept', async () => {
    const peer = new Peer(port());
    peer.send(head(1), resetFrame(1, 8), head(3), data(3, framed(HELLO)), resetFrame(3, 8));
    peer.send(head(5), data(5, framed(HELLO), FLAG.endStream));
    await answersOf(peer, 1);
    await settled();
    expect(ended.map(({ code }) => code).toSorted()).toEqual([0, 1, 1]);
    peer.socket.destroy();
  });

  it('without a message is refused', async () => {
    const peer = new Peer(port());
    peer.send(head(1, FLAG.endHeaders | FLAG.endStream));
    await peer.next(FRAME.headers);
    await settled();
    expect(ended).toMatchObject([{ path: AT_ONCE, code: 12 }]);
    peer.socket.destroy();
  });

  it('is admitted first', async () => {
    admit = () => {
      throw new Fault('test/unauthenticated', 'Who are you?');
    };
    const answer = await served.client.call(AT_ONCE, HELLO);
    expect(answer).toMatchObject({ code: 16, message: 'Who are you?' });
  });

  it('that comes too slowly is given up, and there are only so many of them', async () => {
    await served.close();
    await start({ messageSeconds: 0.2 });
    const slow = [1, 2, 3].map(() => served.client.begin(AT_ONCE));
    for (const { stream } of slow) stream.write(framed(HELLO).subarray(0, 3));
    while (served.grpc.calls.count < 3) await sleep(1);
    expect(await served.client.call(AT_ONCE, HELLO)).toMatchObject({ code: 8 });
    for (const { answer } of slow) expect(await answer).toMatchObject({ code: 4 });
    await settled();
  });
});
