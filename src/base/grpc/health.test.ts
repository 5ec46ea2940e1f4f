import { once } from 'node:events';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { Fault } from '../fault.ts';
import { textField } from '../protobuf/index.ts';
import { Health, healthService } from './health.ts';
import { framed } from './testing/client.ts';
import { messagesIn } from './testing/frames.ts';
import { HELLO, Rig, WATCH } from './testing/rig.ts';

const HEALTH_WATCH = '/grpc.health.v1.Health/Watch';
let rig: Rig;
beforeEach(async () => {
  rig = await Rig.start();
  rig.admit = () => {
    throw new Fault('test/unauthenticated', 'Who are you?');
  };
});
afterEach(() => rig.close());

function watch(name: string): ReturnType<typeof rig.client.begin>['stream'] {
  const { stream } = rig.client.begin(HEALTH_WATCH);
  stream.end(framed(textField(1, name)));
  return stream;
}

async function next(stream: ReturnType<typeof watch>): Promise<string[]> {
  const [chunk] = await once(stream, 'data');
  return messagesIn(chunk).map((message) => message.toString('hex'));
}

describe('watching the health of the server', () => {
  it('says at once how it is, and then each change', async () => {
    const stream = watch('test.Words');
    expect(await next(stream)).toEqual(['0801']);
    rig.grpc.health.set('test.Words', true);
    rig.grpc.health.set('test.Words', false);
    expect(await next(stream)).toEqual(['0802']);
    rig.grpc.health.set('test.Words', true);
    expect(await next(stream)).toEqual(['0801']);
  });

  it('of an unknown service waits for it', async () => {
    const stream = watch('unknown');
    expect(await next(stream)).toEqual(['0803']);
    expect(stream.closed).toBe(false);
  });

  it('says that the server ends', async () => {
    const stream = watch('');
    expect(await next(stream)).toEqual(['0801']);
    const trailers = once(stream, 'trailers');
    const [last] = await Promise.all([next(stream), rig.grpc.close(5_000)]);
    expect(last).toEqual(['0802']);
    expect((await trailers)[0]).toMatchObject({ 'grpc-status': '14' });
  });

  it('is for few at once, and keeps out nobody who is admitted', async () => {
    const streams = [watch(''), watch('')];
    await Promise.all(streams.map(next));
    const third = await rig.client.call(HEALTH_WATCH, Buffer.alloc(0));
    expect(third).toMatchObject({
      code: 8,
      message: expect.stringContaining('More than 2 streams that anybody may open'),
    });
    rig.admit = () => {};
    expect(await rig.client.call(WATCH, HELLO)).toMatchObject({ code: 0 });
    streams[0]?.close(8);
    while (rig.grpc.calls.count > 1) await sleep(1);
    expect(await next(watch(''))).toEqual(['0801']);
  });

  it('leaves no listener behind', async () => {
    const health = new Health([]);
    const method = healthService(health).methods.Watch;
    if (method?.kind !== 'server-stream') throw new RangeError('no stream');
    const controller = new AbortController();
    const answers = { offer: () => {}, send: async () => {} };
    const call = { path: '', headers: {}, signal: controller.signal } as never;
    const running = method.handle(Buffer.alloc(0), answers, call);
    expect(health.watchers).toBe(1);
    controller.abort(new Fault('grpc/cancelled', 'The caller is gone'));
    await expect(running).rejects.toMatchObject({ code: 'grpc/cancelled' });
    expect(health.watchers).toBe(0);
  });

  it('knows only the services of the server', () => {
    expect(() => rig.grpc.health.set('unknown', true)).toThrow(RangeError);
  });
});
