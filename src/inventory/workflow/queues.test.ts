import { expect, it } from 'vitest';
import { anEndpoint } from '../../estate/store/testing/estate.ts';
import { queues } from './index.ts';

it('counts what waits by owner and reason: nobody’s first, then the longest', () => {
  const rows = [
    [null, 'unowned', 'shown'],
    ['team-a', 'shadow', 'shown'],
    ['team-b', 'shadow', 'shown'],
    ['team-b', 'zombie', 'shown'],
    ['team-b', 'zombie', 'shown'],
    ['team-b', 'shadow', 'probe'],
    ['team-c', null, 'shown'],
  ] as const;
  const endpoints = rows.map(([owner, review, visibility], index) =>
    anEndpoint('s', `/${index}`, { owner, review, visibility }),
  );
  const want = [
    { owner: null, total: 1, counts: { unowned: 1 } },
    { owner: 'team-b', total: 3, counts: { shadow: 1, zombie: 2 } },
    { owner: 'team-a', total: 1, counts: { shadow: 1 } },
  ];
  expect(queues(endpoints)).toEqual(want);
  expect(queues(endpoints.reverse())).toEqual(want);
  expect(queues([])).toEqual([]);
});
