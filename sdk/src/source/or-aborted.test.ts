import { describe, expect, it } from 'vitest';
import { orAborted } from './or-aborted.ts';

const never = new Promise<string>(() => {});

describe('waiting for work, unless the signal is aborted,', () => {
  it.each([
    ['without a signal', undefined],
    ['with a signal that is not aborted', new AbortController().signal],
  ])('gives what it gives, %s', async (_, signal) => {
    expect(await orAborted(Promise.resolve('done'), signal)).toBe('done');
    await expect(orAborted(Promise.reject(new Error('no')), signal)).rejects.toThrow('no');
  });

  it('ends when the signal is aborted', async () => {
    const stop = new AbortController();
    const waiting = orAborted(never, stop.signal);
    stop.abort(new Error('enough'));
    await expect(waiting).rejects.toThrow('enough');
  });

  it('ends at once when the signal was aborted before', async () => {
    const signal = AbortSignal.abort(new Error('enough'));
    await expect(orAborted(never, signal)).rejects.toThrow('enough');
    await expect(orAborted(Promise.reject(new Error('no')), signal)).rejects.toThrow('enough');
  });
});
