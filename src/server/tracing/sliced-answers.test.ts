import { setImmediate } from 'node:timers/promises';
import { beforeEach, describe, expect, it } from 'vitest';
import { SlicedAnswers } from './sliced-answers.ts';

let now: number;
let answers: SlicedAnswers;
beforeEach(() => {
  now = 0;
  answers = new SlicedAnswers(() => now);
});

/** Pieces that take ten milliseconds each. */
function* slow(...texts: string[]): Generator<string> {
  for (const text of texts) {
    now += 10;
    yield text;
  }
}

const ask = async (key: string, ...texts: string[]): Promise<string> =>
  Buffer.from(await answers.answer(key, () => slow(...texts))).toString();

describe('answers in slices', () => {
  it('are put together, with rests in which others get their turn', async () => {
    const done: string[] = [];
    const asked = ask('a', 'on', 'e ', 'ü').then((text) => done.push(text));
    for (let turn = 0; turn < 2; turn++) {
      done.push('another');
      await setImmediate();
    }
    await asked;
    expect(done).toEqual(['another', 'another', 'one ü']);
  });

  it('serve who asks the same for ten times as long as they took, and then are made anew', async () => {
    expect(await ask('a', 'first', ', whole')).toBe('first, whole');
    now += 199;
    expect(await ask('a', 'second')).toBe('first, whole');
    expect(await ask('b', 'other')).toBe('other');
    now += 1;
    expect(await ask('a', 'third')).toBe('third');
  });

  it('are made once for all who ask meanwhile', async () => {
    const both = [ask('a', 'one', ' and all'), ask('a', 'two')];
    expect(await Promise.all(both)).toEqual(['one and all', 'one and all']);
  });

  it('that take no time serve who asks now', async () => {
    const quick = async (text: string) =>
      Buffer.from(await answers.answer('a', () => [text].values())).toString();
    expect(await quick('first')).toBe('first');
    expect(await quick('second')).toBe('second');
  });

  it('are forgotten when they serve nobody any more', async () => {
    await ask('a', 'first');
    now += 100;
    answers.forget();
    now -= 1;
    expect(await ask('a', 'second')).toBe('second');
  });

  it('that cannot be made are asked for again', async () => {
    const broken = answers.answer('a', () => {
      throw new Error('no graph');
    });
    await expect(broken).rejects.toThrow('no graph');
    expect(await ask('a', 'now')).toBe('now');
  });
});
