import { describe, expect, it } from 'vitest';
import type { Selector } from '../registration/index.ts';
import { Refusals, type ToldRefusal } from './index.ts';

function heard() {
  const told: ToldRefusal[] = [];
  const time = { now: 0 };
  const refusals = new Refusals(
    (refusal) => told.push(refusal),
    () => time.now,
  );
  const ask = (pid: number, selectors: readonly string[], refusedFor?: string) =>
    refusals.hear({
      method: 'FetchX509SVID',
      peer: { pid, uid: 1_000, gid: 1_000 },
      selectors: selectors as readonly Selector[],
      ...(refusedFor !== undefined && { refusedFor }),
      spiffeIds: [],
    });
  return { told, time, ask };
}

describe('refused workloads', () => {
  it('are told of once a minute, with how often they asked', () => {
    const { told, time, ask } = heard();
    for (let pid = 1; pid <= 5; pid++) ask(pid, ['unix:uid:1000'], `pid ${pid} lacks unix:path:/a`);
    time.now = 60_000;
    ask(6, ['unix:uid:1000'], 'pid 6 lacks unix:path:/a');
    expect(told).toEqual([
      { who: 'unix:uid:1000', pid: 1, why: 'pid 1 lacks unix:path:/a', count: 1 },
      { who: 'unix:uid:1000', pid: 6, why: 'pid 6 lacks unix:path:/a', count: 5 },
    ]);
  });

  it('are told apart by what they are and why', () => {
    const { told, ask } = heard();
    ask(1, ['unix:path:/a', 'unix:uid:1', 'unix:sha256:00'], 'no entry');
    ask(1, ['unix:path:/b', 'unix:uid:1'], 'no entry');
    ask(1, ['unix:path:/b', 'unix:uid:1'], 'another reason');
    ask(1, [], 'it has ended');
    expect(told.map(({ who }) => who)).toEqual([
      'unix:path:/a, unix:uid:1',
      'unix:path:/b, unix:uid:1',
      'unix:path:/b, unix:uid:1',
      'uid 1000',
    ]);
  });

  it('are none of those who were served', () => {
    const { told, ask } = heard();
    ask(1, ['unix:uid:1']);
    expect(told).toEqual([]);
  });

  it('are forgotten where there are too many', () => {
    const { told, ask } = heard();
    const names = Array.from({ length: 1_001 }, (_, at) => [`unix:path:/${'x'.repeat(at)}`]);
    for (const selectors of names) ask(1, selectors, 'no entry');
    ask(1, names[0]!, 'no entry');
    expect(told).toHaveLength(1_002);
  });
});
