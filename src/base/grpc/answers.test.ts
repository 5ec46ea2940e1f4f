import { once } from 'node:events';
import { constants } from 'node:http2';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { Fault } from '../fault.ts';
import { type GrpcAnswers, untilAborted } from './method.ts';
import { framed, RawClient, retrySeconds } from './testing/client.ts';
import { messagesIn } from './testing/frames.ts';
import { HASTY, HELLO, Rig, TALK, WATCH } from './testing/rig.ts';

let rig: Rig;
beforeEach(async () => {
  rig = await Rig.start(HASTY);
});
afterEach(() => rig.close());

/** A watch that stays open, and what its handler was given. */
function watching(): Promise<{ answers: GrpcAnswers; signal: AbortSignal }> {
  return new Promise((resolve) => {
    rig.watch = async (_, answers, { signal }) => {
      resolve({ answers, signal });
      await untilAborted(signal);
    };
  });
}

/** A call that is not read until it is asked to. */
function unread(path: string): { call: ReturnType<RawClient['begin']>; client: RawClient } {
  const client = new RawClient(rig.origin);
  const call = client.begin(path);
  call.stream.pause();
  call.stream.end(framed(HELLO));
  return { call, client };
}

describe('a stream of answers', () => {
  it('is sent in its order, and ends with status 0', async () => {
    rig.watch = async (_, answers) => {
      for (const word of ['one', 'two', '', 'three']) await answers.send(Buffer.from(word));
    };
    const answer = await rig.client.call(WATCH, HELLO);
    expect(answer).toMatchObject({ httpStatus: 200, code: 0, resetCode: 0 });
    expect(messagesIn(answer.bytes).map(String)).toEqual(['one', 'two', '', 'three']);
    expect(rig.ended).toEqual([{ path: WATCH, code: 0 }]);
    expect(await rig.settled()).toBe(0);
  });

  it('may have none', async () => {
    rig.watch = async () => {};
    const answer = await rig.client.call(WATCH, HELLO);
    expect(answer).toMatchObject({ httpStatus: 200, code: 0 });
    expect(answer.bytes).toHaveLength(0);
  });

  it.each([
    ['before its first', 0, []],
    ['after some', 2, ['hello', 'hello']],
  ])('that fails %s says so behind them', async (_, count, wanted) => {
    rig.watch = async (_, answers) => {
      for (let sent = 0; sent < count; sent++) await answers.send(HELLO);
      throw new Fault('test/queue-too-many', 'Full');
    };
    const answer = await rig.client.call(WATCH, HELLO);
    expect(answer).toMatchObject({ code: 8, message: 'Full' });
    expect(retrySeconds(answer)).toBe(1);
    expect(messagesIn(answer.bytes).map(String)).toEqual(wanted);
    expect(await rig.settled()).toBe(0);
  });

  it('gives each message at once to who reads', async () => {
    const watched = watching();
    const call = rig.client.begin(WATCH);
    call.stream.end(framed(HELLO));
    const { answers } = await watched;
    for (const word of ['one', 'two']) {
      answers.offer(Buffer.from(word));
      const [chunk] = await once(call.stream, 'data');
      expect(messagesIn(chunk).map(String)).toEqual([word]);
    }
    call.stream.close(constants.NGHTTP2_CANCEL);
    expect(await rig.settled()).toBe(0);
  });

  it('keeps nothing but the newest for who does not read', async () => {
    const watched = watching();
    const { call, client } = unread(WATCH);
    const { answers, signal } = await watched;
    const message = (count: number): Buffer => Buffer.alloc(30_000, count);
    for (let count = 1; count <= 100; count++) {
      answers.offer(message(count));
      await sleep(1);
    }
    expect(rig.grpc.calls.heldBytes).toBeLessThanOrEqual(60_005);
    const chunks: Buffer[] = [];
    call.stream.on('data', (chunk: Buffer) => chunks.push(chunk));
    call.stream.resume();
    const firstBytes = (): number[] => messagesIn(Buffer.concat(chunks)).map((all) => all[0] ?? 0);
    while (!firstBytes().includes(100)) await sleep(1);
    // What fits into the windows of the stream and of Node's client is on its way already.
    expect(firstBytes().length).toBeLessThan(20);
    expect(firstBytes()).toEqual(firstBytes().toSorted((a, b) => a - b));
    client.close();
    if (!signal.aborted) await once(signal, 'abort');
    expect(await rig.settled()).toBe(0);
  });

  it('that awaits its reader goes no faster', async () => {
    let sent = 0;
    rig.watch = async (_, answers) => {
      for (; sent < 40; sent++) await answers.send(Buffer.alloc(30_000));
    };
    const { call, client } = unread(WATCH);
    await rig.begun();
    await sleep(200);
    expect(sent).toBeLessThan(15);
    call.stream.resume();
    expect(await call.answer).toMatchObject({ code: 0 });
    expect(sent).toBe(40);
    client.close();
  });

  it('that cannot be held ends, and says when to come back', async () => {
    const watched = watching();
    const call = rig.client.call(WATCH, HELLO);
    const { answers } = await watched;
    answers.offer(Buffer.alloc(600_000));
    const answer = await call;
    expect(answer.code).toBe(8);
    expect(retrySeconds(answer)).toBe(1);
    expect(await rig.settled()).toBe(0);
  });

  it.each([
    [
      'resets it',
      'grpc/cancelled',
      (call: { stream: { close(code: number): void } }) => call.stream.close(8),
    ],
    ['hangs up', 'grpc/cancelled', () => rig.client.close()],
  ])('is over when its caller %s', async (_, code, leave) => {
    const watched = watching();
    const call = rig.client.begin(WATCH);
    call.stream.end(framed(HELLO));
    const { answers, signal } = await watched;
    answers.offer(HELLO);
    await once(call.stream, 'data');
    leave(call);
    if (!signal.aborted) await once(signal, 'abort');
    expect(signal.reason).toMatchObject({ code });
    expect(await rig.settled()).toBe(0);
    answers.offer(HELLO);
    await expect(answers.send(HELLO)).rejects.toMatchObject({ code: 'grpc/cancelled' });
    expect(rig.grpc.calls.heldBytes).toBe(0);
    expect(rig.ended).toMatchObject([{ path: WATCH, code: 1 }]);
  });

  it('is over at its deadline, also for who does not read', async () => {
    const watched = watching();
    const client = new RawClient(rig.origin);
    const call = client.begin(WATCH, { 'grpc-timeout': '50m' });
    call.stream.pause();
    call.stream.end(framed(HELLO));
    const { answers, signal } = await watched;
    answers.offer(Buffer.alloc(190_000));
    await once(signal, 'abort');
    expect(signal.reason).toMatchObject({ code: 'grpc/deadline-exceeded' });
    expect(await rig.settled()).toBe(0);
    expect(rig.ended).toMatchObject([{ code: 4 }]);
    // It hears of it, or is hung up on after a while.
    await once(call.stream, 'close');
    client.close();
  });

  it('ends when the server does, and its handler hears of it', async () => {
    const watched = watching();
    const call = rig.client.call(WATCH, HELLO);
    const { answers, signal } = await watched;
    answers.offer(HELLO);
    await rig.grpc.close(5_000);
    const answer = await call;
    expect(answer.code).toBe(14);
    expect(messagesIn(answer.bytes).map(String)).toEqual(['hello']);
    expect(signal.reason).toMatchObject({ code: 'grpc/server-unavailable' });
  });

  it('takes exactly one message', async () => {
    const answer = await rig.client.begin(WATCH).end(Buffer.concat([framed(HELLO), framed(HELLO)]));
    expect(answer.code).toBe(12);
  });
});

describe('streams both ways', () => {
  it('answer while messages come', async () => {
    const call = rig.client.begin(TALK);
    for (const word of ['one', 'two']) {
      call.send(Buffer.from(word));
      const [chunk] = await once(call.stream, 'data');
      expect(messagesIn(chunk).map(String)).toEqual([word]);
    }
    expect(await call.end()).toMatchObject({ code: 0 });
    expect(await rig.settled()).toBe(0);
  });

  it('may end before the caller does, who then is told to stop', async () => {
    rig.talk = async (messages, answers) => {
      for await (const message of messages) {
        await answers.send(Buffer.from(message));
        return;
      }
    };
    const call = rig.client.begin(TALK).send(HELLO);
    expect(await call.answer).toMatchObject({ code: 0, resetCode: 0 });
    expect(await rig.settled()).toBe(0);
  });

  it('end with what broke the messages', async () => {
    const call = rig.client.begin(TALK).send(HELLO);
    await once(call.stream, 'data');
    expect(await call.end(framed(HELLO, 2))).toMatchObject({ code: 13 });
  });

  it('end when the server does', async () => {
    const call = rig.client.begin(TALK).send(HELLO);
    await once(call.stream, 'data');
    await rig.grpc.close(5_000);
    expect(await call.answer).toMatchObject({ code: 14 });
  });
});
