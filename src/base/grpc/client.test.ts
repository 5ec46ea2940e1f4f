import { connect } from 'node:http2';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { Fault } from '../fault.ts';
import { GrpcClient, isPeerFault } from './client.ts';
import { untilAborted } from './method.ts';
import { ECHO, GATHER, HELLO, Rig, WATCH } from './testing/rig.ts';

let rig: Rig;
let client: GrpcClient;
let close: () => void;
beforeEach(async () => {
  rig = await Rig.start();
  const session = connect(rig.origin);
  session.on('error', () => {});
  client = new GrpcClient(session, { maxMessageBytes: 10_000 });
  close = () => session.destroy();
});
afterEach(async () => {
  close();
  await rig.close();
});

async function all(messages: AsyncIterable<Buffer>): Promise<string[]> {
  const read: string[] = [];
  for await (const message of messages) read.push(message.toString());
  return read;
}

const code = (meaning: string) => expect.objectContaining({ code: `peer/${meaning}` });

describe('a client of gRPC', () => {
  it('is answered with one message, or with a stream of them', async () => {
    expect((await client.unary(ECHO, HELLO)).toString()).toBe('hello');
    rig.watch = async (_, answers) => {
      for (const word of ['a', '', 'c']) await answers.send(Buffer.from(word));
    };
    expect(await all(client.serverStream(WATCH, HELLO))).toEqual(['a', '', 'c']);
  });

  it.each([
    ['orders/forbidden', 'forbidden'],
    ['orders/ttl-invalid', 'invalid'],
    ['orders/unauthenticated', 'unauthenticated'],
    ['orders/not-found', 'not-found'],
    ['orders/conflict', 'conflict'],
    ['orders/too-many', 'too-many'],
    ['orders/unavailable', 'unavailable'],
    ['orders/internal', 'failed'],
  ])('hears of %s as what it means, in its words', async (thrown, meaning) => {
    rig.echo = async () => {
      throw new Fault(thrown, 'Käse 100 % weg\nund alle');
    };
    const call = client.unary(ECHO, HELLO);
    await expect(call).rejects.toThrow(code(meaning));
    await expect(call).rejects.toThrow('Käse 100 % weg und alle');
  });

  it('hears of a status after some messages', async () => {
    rig.watch = async (_, answers) => {
      await answers.send(HELLO);
      throw new Fault('orders/forbidden', 'no more');
    };
    const read: string[] = [];
    const reading = (async () => {
      for await (const message of client.serverStream(WATCH, HELLO)) read.push(message.toString());
    })();
    await expect(reading).rejects.toThrow(code('forbidden'));
    expect(read).toEqual(['hello']);
  });

  it('does not take several messages for one, nor none', async () => {
    rig.watch = async (_, answers) => {
      await answers.send(HELLO);
      await answers.send(HELLO);
    };
    await expect(client.unary(WATCH, HELLO)).rejects.toThrow(/several messages/);
    rig.watch = async () => {};
    await expect(client.unary(WATCH, HELLO)).rejects.toThrow(/without a message/);
  });

  it('refuses messages over its bound', async () => {
    await expect(client.unary(ECHO, Buffer.alloc(10_001))).rejects.toThrow(/10001 bytes/);
  });

  it('gives up after a time, and when it is told to', async () => {
    rig.echo = (_, { signal }) => untilAborted(signal);
    await expect(client.unary(ECHO, HELLO, { timeoutMs: 30 })).rejects.toThrow(code('unavailable'));
    const controller = new AbortController();
    const call = client.unary(ECHO, HELLO, { signal: controller.signal });
    await rig.begun();
    controller.abort(new Error('enough'));
    await expect(call).rejects.toThrow('enough');
    await rig.settled();
    await expect(client.unary(ECHO, HELLO, { signal: controller.signal })).rejects.toThrow(
      'enough',
    );
  });

  it('ends the call when it leaves the loop', async () => {
    rig.watch = async (_, answers, { signal }) => {
      answers.offer(HELLO);
      await untilAborted(signal);
    };
    for await (const message of client.serverStream(WATCH, HELLO)) {
      expect(message.toString()).toBe('hello');
      break;
    }
    await rig.settled();
  });

  it('reads a stream no faster than it is taken', async () => {
    let sent = 0;
    rig.watch = async (_, answers) => {
      for (; sent < 200; sent++) await answers.send(Buffer.alloc(9_000));
    };
    const messages = client.serverStream(WATCH, HELLO);
    await messages.next();
    for (let before = -1; before !== sent; ) {
      before = sent;
      await new Promise((resolve) => setTimeout(resolve, 30));
    }
    expect(sent).toBeLessThan(100);
    expect((await all(messages)).length).toBe(199);
  });

  it('says that the connection is gone, before a call and during one', async () => {
    rig.echo = (_, { signal }) => untilAborted(signal);
    const call = client.unary(ECHO, HELLO);
    await rig.begun();
    close();
    await expect(call).rejects.toThrow(code('unavailable'));
    await expect(client.unary(ECHO, HELLO)).rejects.toThrow(code('unavailable'));
  });

  it('hears what is wrong with a method that is none', async () => {
    await expect(client.unary('/test.Words/Nothing', HELLO)).rejects.toThrow(code('unimplemented'));
    expect((await client.unary(GATHER, HELLO)).toString()).toBe('hello');
    expect(isPeerFault(new Fault('peer/forbidden', 'no'), 'forbidden')).toBe(true);
    expect(isPeerFault(new Error('peer/forbidden'), 'forbidden')).toBe(false);
  });
});
