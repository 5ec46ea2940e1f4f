import { describe, expect, it } from 'vitest';
import type { SpanRow } from '../../estate/spans/index.ts';
import { called, caller, spanId, T0 } from './testing/rows.ts';
import { Told } from './testing/told.ts';

/** Callees by depth, with the callee of what led to each. */
function ledOf(rows: readonly SpanRow[], limits = {}): string[] {
  const { hops } = new Told(limits).take(T0, ...rows).flush();
  const callee = (said: string | undefined): string => said?.split(' ')[2] ?? '-';
  return hops
    .map(({ said, depth, parent }) => {
      const leader = hops.find(({ id }) => id === parent);
      return `${depth} ${callee(leader?.said)} > ${callee(said)}`;
    })
    .toSorted();
}

const direct = [
  ...[called('a', 1, 0), caller('a', 2, 1), called('b', 3, 2)],
  ...[caller('b', 4, 3), called('c', 5, 4)],
];

describe('what led to a request', () => {
  it('is found by parents, whatever the clocks say', () => {
    const skewed = direct.map((one) => ({ ...one, startMs: T0 - Number(`0x${one.spanId}`) * 1e6 }));
    for (const rows of [direct, direct.toReversed(), skewed]) {
      expect(ledOf(rows)).toEqual(['0 - > a', '1 a > b', '2 b > c']);
    }
  });

  it('is found by time within the trace where parents were not told', () => {
    const rows = [called('a', 1, 0), caller('a', 2, 90), called('b', 3, 2)];
    rows.push(caller('b', 4, 91), called('c', 5, 4));
    for (const some of [rows, rows.toReversed()]) {
      expect(ledOf(some)).toEqual(['0 - > a', '1 a > b', '2 b > c']);
    }
  });

  it('is the latest of several before it', () => {
    const rows = [caller('x', 10, 0), called('b', 11, 10), called('b', 13, 10)];
    rows.push(caller('b', 14, 91), called('c', 15, 14));
    const { hops } = new Told().take(T0, ...rows).flush();
    const leader = hops.find(({ span }) => span === spanId(13));
    expect(hops.find(({ span }) => span === spanId(15))?.parent).toBe(leader?.id);
  });

  it('is found behind inner spans of the same service', () => {
    const rows = [called('a', 1, 0), called('a', 2, 1), caller('a', 3, 2), caller('a', 4, 3)];
    expect(ledOf([...rows, called('b', 5, 4)])).toEqual(['0 - > a', '1 a > b']);
  });

  it('is known by the number under which it is told later', () => {
    const rows = [called('a', 1, 99), caller('a', 2, 1), called('b', 3, 2)];
    const { hops, said } = new Told().take(T0, ...rows).flush();
    expect(said).toEqual(['a -> b GET /x (asserted)', '* -> a GET /x (half)']);
    expect(hops[0]?.parent).toBe(hops[1]?.id);
  });

  it('ends where parents go in a circle', () => {
    expect(ledOf([caller('a', 1, 2), called('a', 2, 1), called('b', 3, 1)])).toHaveLength(1);
    const circle = [caller('a', 1, 4), called('b', 2, 1), caller('b', 3, 2), called('a', 4, 3)];
    expect(ledOf(circle)).toHaveLength(2);
  });

  it('is lost beyond the limit of a long chain, and nothing else is', () => {
    const rows: SpanRow[] = [];
    for (let call = 1; call <= 300; call++) {
      rows.push(caller(`s${call % 9}`, call * 2, call * 2 - 1));
      rows.push(called(`s${(call + 1) % 9}`, call * 2 + 1, call * 2));
    }
    expect(ledOf(rows.toReversed())).toHaveLength(300);
  });
});
