import type { Socket } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { callByHand, RESET } from './testing/by-hand.ts';
import { framed } from './testing/client.ts';
import { GATHER, HASTY, HELLO, Rig } from './testing/rig.ts';

let rig: Rig;
beforeEach(async () => {
  rig = await Rig.start();
});
afterEach(() => rig.close());

async function restart(limits: typeof HASTY): Promise<void> {
  await rig.close();
  rig = await Rig.start(limits);
}

describe('a stream of messages', () => {
  it('is answered when it ends', async () => {
    const call = rig.client.begin(GATHER).send(HELLO, Buffer.from(' '), Buffer.alloc(0));
    await sleep(5);
    const answer = await call.send(HELLO).end();
    expect(answer).toMatchObject({ code: 0 });
    expect(answer.bytes).toEqual(framed(Buffer.from('hello hello')));
    expect(await rig.settled()).toBe(0);
  });

  it('is read no faster than its messages are taken', async () => {
    const gate = Promise.withResolvers<void>();
    let taken = 0;
    rig.gather = async (messages) => {
      for await (const _ of messages) {
        taken++;
        await gate.promise;
      }
      return HELLO;
    };
    const call = rig.client.begin(GATHER);
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
    expect(rig.grpc.calls.heldBytes).toBeLessThanOrEqual(4 * 50_000);
    gate.resolve();
    expect(await call.answer).toMatchObject({ code: 0 });
    expect(taken).toBe(40);
    expect(await rig.settled()).toBe(0);
  });

  it('may pause as long as it likes between messages, and not within one', async () => {
    await restart(HASTY);
    const call = rig.client.begin(GATHER).send(HELLO);
    await sleep(300);
    expect(rig.ended).toEqual([]);
    call.stream.write(framed(HELLO).subarray(0, 3));
    expect(await call.answer).toMatchObject({ code: 4 });
  });

  it('gives what came before it broke, and then the fault', async () => {
    const seen: string[] = [];
    rig.gather = async (messages) => {
      for await (const message of messages) seen.push(message.toString());
      return HELLO;
    };
    const answer = await rig.client
      .begin(GATHER)
      .send(HELLO)
      .end(framed(HELLO, 0, 300_000));
    expect(answer.code).toBe(8);
    expect(seen).toEqual(['hello']);
    expect(await rig.settled()).toBe(0);
  });

  it.each([
    ['resets it', (socket: Socket) => socket.write(RESET)],
    ['hangs up', (socket: Socket) => socket.destroy()],
  ])('is over when its caller %s', async (_, leave) => {
    let thrown: unknown;
    rig.gather = async (messages) => {
      try {
        for await (const _ of messages);
      } catch (caught) {
        thrown = caught;
      }
      return HELLO;
    };
    const socket = callByHand(rig.origin, GATHER);
    await rig.begun();
    leave(socket);
    expect(await rig.settled()).toBe(0);
    expect(thrown).toMatchObject({ code: 'grpc/cancelled' });
    socket.destroy();
  });

  it('ends when the server does, which waits for its handler', async () => {
    let isKept = false;
    rig.gather = async (messages) => {
      try {
        for await (const _ of messages);
      } finally {
        await sleep(30);
        isKept = true;
      }
      return HELLO;
    };
    const call = rig.client.begin(GATHER).send(HELLO);
    await rig.begun();
    await rig.grpc.close(5_000);
    expect(isKept).toBe(true);
    expect(await call.answer).toMatchObject({ code: 14 });
  });
});
