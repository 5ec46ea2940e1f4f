import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { SIDE, type SpanRow } from '../../estate/spans/index.ts';
import { called, caller, host, row, T0 } from './testing/rows.ts';
import { Told } from './testing/told.ts';

/** A trace as services tell it: each request by both sides, some callers below spans that are not told. */
const trace = fc
  .array(
    fc.record({ under: fc.nat(), to: fc.nat(4), isTold: fc.boolean(), isProved: fc.boolean() }),
    { maxLength: 12 },
  )
  .map((calls) => {
    const rows = [called('s0', 1, 0)];
    const services = ['s0'];
    calls.forEach(({ under, to, isTold, isProved }, index) => {
      const leader = under % services.length;
      const from = services[leader] ?? '';
      const span = 1_000 + index;
      const startMs = T0 + 10 * (index + 1);
      const change = { startMs: startMs + 5, principal: isProved ? `id/${from}` : undefined };
      rows.push(caller(from, span, isTold ? leader + 1 : 500 + index, { startMs }));
      rows.push(called(`s${to}`, index + 2, span, change));
      services.push(`s${to}`);
    });
    return rows;
  });

/** Any rows at all, of few ids, so that they meet. */
interface AnyRow {
  readonly side: number;
  readonly name: string;
  readonly span: number;
  readonly parent: number;
  readonly links: readonly number[];
  readonly peer: string | undefined;
  readonly principal: string | undefined;
  readonly after: number;
}
const any: fc.Arbitrary<AnyRow> = fc.record({
  side: fc.constantFrom(...Object.values(SIDE), 0, 7),
  name: fc.constantFrom('a', 'b', 'c'),
  span: fc.nat(6),
  parent: fc.nat(6),
  links: fc.array(fc.nat(6), { maxLength: 2 }),
  peer: fc.constantFrom(undefined, 'h.a', 'h.b', 'db'),
  principal: fc.constantFrom(undefined, 'id/a', 'id/c', 'shared', 'nobody'),
  after: fc.nat(6_000),
});
const anyRows = fc.array(any, { maxLength: 40 });

function toRow({ side, name, span, parent, links, peer, principal }: AnyRow) {
  const linked = links.map((link) => ({
    traceId: 'a'.repeat(32),
    spanId: `${link}`.padStart(16, '0'),
  }));
  const change = { links: linked, principal, peer: peer === undefined ? undefined : host(peer) };
  return row(side, name, span, parent, change);
}

/** What a trace's hops say, with the spans of what led to them: numbers are those of the order. */
function toldOf(rows: readonly SpanRow[]): string[] {
  const { hops } = new Told().take(T0, ...rows).flush();
  const spans = new Map(hops.map(({ id, span }) => [id, span]));
  return hops
    .map(({ said, span, parent, depth }) => `${said} ${span} ${depth} ${spans.get(parent)}`)
    .toSorted();
}

describe('rows of a trace', () => {
  it('make the same hops in any order', () => {
    const shuffled = trace.chain((rows) =>
      fc.tuple(
        fc.constant(rows),
        fc.shuffledSubarray(rows, { minLength: rows.length, maxLength: rows.length }),
      ),
    );
    fc.assert(
      fc.property(shuffled, ([rows, others]) => {
        expect(toldOf(others)).toEqual(toldOf(rows));
      }),
    );
  });

  it('make the same hops when they come twice', () => {
    fc.assert(
      fc.property(trace, (rows) => {
        expect(toldOf([...rows, ...rows])).toEqual(toldOf(rows));
      }),
    );
  });
});

/** A service takes a message of its own, and somebody else is proved to have sent it. */
const OWN_MESSAGE = [
  { side: SIDE.consumer, span: 0, parent: 0, links: [2], principal: 'nobody' },
  { side: SIDE.caller, span: 2, parent: 3, links: [], principal: undefined },
].map((row) => ({ ...row, name: 'c', peer: undefined, after: 0 }));

describe('any rows', () => {
  it('never throw, are each told or counted, and leave nothing that waits', () => {
    fc.assert(
      fc.property(anyRows, fc.constantFrom(16, 1_000), (all, maxRows) => {
        const told = new Told({ maxRows });
        let now = T0;
        for (const one of all) {
          now += one.after;
          told.take(now, toRow(one));
        }
        told.flush();
        const { hops } = told.flush();
        const ids = hops.map(({ id }) => id);
        expect(new Set(ids).size).toBe(ids.length);
        for (const { id, parent } of hops) expect(parent).not.toBe(id);
        const calledRows = all.filter(({ side }) => side === SIDE.called || side === SIDE.both);
        const lost = ['duplicate', 'nested', 'self-call', 'late', 'malformed', 'unnamed'];
        const counted = lost.reduce((sum, reason) => sum + (told.counted[reason] ?? 0), 0);
        expect(hops.length + counted).toBeGreaterThanOrEqual(calledRows.length);
      }),
      { examples: [[OWN_MESSAGE, 16]] },
    );
  });

  it('are words of any kind', () => {
    fc.assert(
      fc.property(fc.array(fc.nat(0xffffffff), { maxLength: 200 }), fc.nat(20), (words, count) => {
        const parts = { parties: [], operations: [], texts: [], links: [] };
        new Told().assembler.take({ ...parts, words: Uint32Array.from(words), count }, T0);
      }),
    );
  });
});
