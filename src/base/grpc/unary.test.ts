import { once } from 'node:events';
import { gzipSync } from 'node:zlib';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { Fault } from '../fault.ts';
import { framed, retrySeconds } from './testing/client.ts';
import { ECHO, HASTY, HELLO, Rig } from './testing/rig.ts';

let rig: Rig;
beforeEach(async () => {
  rig = await Rig.start();
});
afterEach(() => rig.close());

async function restart(limits: typeof HASTY): Promise<void> {
  await rig.close();
  rig = await Rig.start(limits);
}

describe('a unary call', () => {
  it('is answered with its message and status 0', async () => {
    const answer = await rig.client.call(ECHO, HELLO);
    expect(answer).toMatchObject({ httpStatus: 200, code: 0, message: undefined, resetCode: 0 });
    expect(answer.bytes).toEqual(framed(HELLO));
    expect(answer.headers['content-type']).toBe('application/grpc');
    expect(rig.ended).toEqual([{ path: ECHO, code: 0 }]);
    expect(await rig.settled()).toBe(0);
  });

  it('may be long, and may be empty', async () => {
    const long = Buffer.alloc(190_000, 'abc');
    expect((await rig.client.call(ECHO, long)).bytes.equals(framed(long))).toBe(true);
    expect((await rig.client.call(ECHO, Buffer.alloc(0))).bytes).toEqual(framed(Buffer.alloc(0)));
  });

  it('may be compressed, as its header says', async () => {
    const packed = framed(gzipSync(HELLO), 1);
    const answer = await rig.client.begin(ECHO, { 'grpc-encoding': 'gzip' }).end(packed);
    expect(answer.bytes).toEqual(framed(HELLO));
    const plain = await rig.client.begin(ECHO, { 'grpc-encoding': 'gzip' }).end(framed(HELLO));
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
    const answer = await rig.client.begin(path, headers).end(bytes);
    expect(answer).toMatchObject({ httpStatus: 200, code });
    expect(answer.message).not.toBe('');
    expect(retrySeconds(answer)).toBeUndefined();
    expect(rig.ended.map((call) => call.code)).toEqual([code]);
    expect(await rig.settled()).toBe(0);
    expect((await rig.client.call(ECHO, HELLO)).code).toBe(0);
  });

  it('names no unknown method to whoever counts', async () => {
    await rig.client.call('/made/up', HELLO);
    expect(rig.ended).toMatchObject([{ path: '', code: 12 }]);
  });

  it('that is refused before it is sent ends without waiting for it', async () => {
    rig.admit = () => {
      throw new Fault('test/unauthenticated', 'Who are you?');
    };
    const call = rig.client.begin(ECHO);
    call.stream.write(framed(Buffer.alloc(100_000), 0, 150_000));
    expect(await call.answer).toMatchObject({ code: 16, message: 'Who are you?' });
  });

  it('that cannot be taken now is to be sent again, and says after how long', async () => {
    rig.echo = async () => {
      throw new Fault('test/queue-too-many', 'Full');
    };
    const answer = await rig.client.call(ECHO, HELLO);
    expect(answer).toMatchObject({ code: 8, message: 'Full' });
    expect(retrySeconds(answer)).toBe(1);
  });

  it('whose handler breaks is an internal fault without words, and told to whoever logs', async () => {
    const defect = new Error('secret');
    rig.echo = async () => {
      throw defect;
    };
    expect(await rig.client.call(ECHO, HELLO)).toMatchObject({
      code: 13,
      message: 'internal fault',
    });
    expect(rig.ended).toEqual([{ path: ECHO, code: 13, thrown: defect }]);
  });

  it('is given up at its deadline, and its handler hears of it', async () => {
    let reason: unknown;
    rig.echo = (_, { signal }) =>
      new Promise((_resolve, reject) => {
        signal.addEventListener('abort', () => {
          reason = signal.reason;
          reject(signal.reason);
        });
      });
    expect(await rig.client.call(ECHO, HELLO, { 'grpc-timeout': '20m' })).toMatchObject({
      code: 4,
    });
    expect(reason).toMatchObject({ code: 'grpc/deadline-exceeded' });
    expect(await rig.settled()).toBe(0);
  });

  it('that is cancelled is held until its handler comes back', async () => {
    const { promise, resolve } = Promise.withResolvers<Uint8Array>();
    const called = Promise.withResolvers<AbortSignal>();
    rig.echo = (_, { signal }) => {
      called.resolve(signal);
      return promise;
    };
    const call = rig.client.begin(ECHO);
    call.stream.end(framed(HELLO));
    const signal = await called.promise;
    call.stream.close(8);
    if (!signal.aborted) await once(signal, 'abort');
    expect(rig.grpc.calls).toMatchObject({ count: 1, heldBytes: 5 });
    resolve(HELLO);
    expect(await rig.settled()).toBe(0);
    expect(rig.ended).toMatchObject([{ path: ECHO, code: 1 }]);
  });

  it('that comes too slowly is given up', async () => {
    await restart(HASTY);
    const call = rig.client.begin(ECHO);
    call.stream.write(framed(HELLO, 0, 100));
    expect(await call.answer).toMatchObject({ code: 4 });
    const silent = rig.client.begin(ECHO);
    expect(await silent.answer).toMatchObject({ code: 4 });
    const endless = rig.client.begin(ECHO);
    endless.stream.write(framed(HELLO));
    expect(await endless.answer).toMatchObject({ code: 4 });
    expect(await rig.settled()).toBe(0);
  });

  it('beyond the limit of calls is to be sent again', async () => {
    const { promise, resolve } = Promise.withResolvers<Uint8Array>();
    rig.echo = () => promise;
    const calls = Array.from({ length: 6 }, () => rig.client.call(ECHO, HELLO));
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
    rig.echo = () => promise;
    const bytes = pack(Buffer.alloc(190_000));
    const calls = Array.from({ length: 3 }, () =>
      rig.client.begin(ECHO, { 'grpc-encoding': 'gzip' }).end(bytes),
    );
    const refused = await Promise.race(calls);
    expect(refused.code).toBe(8);
    expect(retrySeconds(refused)).toBe(1);
    resolve(HELLO);
    await Promise.all(calls);
    expect(await rig.settled()).toBe(0);
  });
});
