import { describe, expect, it } from 'vitest';
import { follow } from './follow.ts';
import { unavailable } from './status.ts';

describe('following a stream', () => {
  it('waits longer after each failure, and begins anew after a message', async () => {
    // What each stream does: messages, and then its end.
    const streams = [[], [], [], ['a'], [], ['b', 'c']];
    const waits: number[] = [];
    const seen: string[] = [];
    const stop = new AbortController();
    const following = follow(
      async function* () {
        const messages = streams.shift();
        if (!messages) {
          stop.abort(new Error('enough'));
          throw stop.signal.reason;
        }
        yield* messages;
        throw unavailable('it is lost');
      },
      { onMessage: (message: string) => seen.push(message) },
      stop.signal,
      {
        wait: async (milliseconds) => {
          waits.push(milliseconds);
        },
        random: () => 1,
      },
    );
    await expect(following).rejects.toThrow('enough');
    expect(seen).toEqual(['a', 'b', 'c']);
    expect(waits).toEqual([100, 200, 400, 100, 200, 100]);
  });

  it('ends with what is no fault of the stream', async () => {
    const following = follow(
      async function* () {
        yield 'a';
      },
      {
        onMessage: () => {
          throw new TypeError('of the listener');
        },
      },
      new AbortController().signal,
    );
    await expect(following).rejects.toThrow('of the listener');
  });
});
