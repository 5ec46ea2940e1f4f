import { expect, it } from 'vitest';
import { Notices, type SdsEvent } from './notices.ts';

it('everything is counted, and no more than a hundred lines a minute are written', () => {
  const counted: SdsEvent[] = [];
  const written: [unknown, unknown][] = [];
  let now = 5_000;
  const notices = new Notices({
    log: { warn: (fields, message) => written.push([fields, message]) },
    count: (event) => counted.push(event),
    clock: () => now,
  });
  for (let round = 0; round < 250; round++) notices.warn('rejected', { round }, 'no');
  notices.count('sent');
  expect(counted).toHaveLength(251);
  expect(written).toHaveLength(100);
  now += 60_000;
  notices.warn('missing', { round: 'last' }, 'none');
  expect(written.slice(100)).toEqual([
    [{ dropped: 150 }, expect.stringContaining('more')],
    [{ round: 'last' }, 'none'],
  ]);
});
