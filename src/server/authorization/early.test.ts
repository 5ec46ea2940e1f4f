import { describe, expect, it } from 'vitest';
import type { Call, CallFact, Endpoint, Fact, Source } from '../../estate/index.ts';
import { EarlyChanges } from './early.ts';
import type { KnownEstate } from './keeper.ts';

const [WEB, MAIL, ORDERS] = ['test/shop/web', 'test/shop/mail', 'test/shop/orders'] as const;
const [READ, WRITE] = ['GET /orders/{id}', 'POST /orders'] as const;

const at = (line: number, reader = 'declarations'): Source => ({
  ...{ reader, how: reader === 'declarations' ? 'declared' : 'configured', file: 'reeve.yaml' },
  line,
});
const fact = (operation: string, line = 1, from: string = WEB, to: string = ORDERS): CallFact => ({
  ...{ entity: 'call', id: `${from} -> ${to} ${operation}`, from, to, operation },
  ...{ evidence: 'declared in reeve.yaml', source: at(line) },
});
const call = (operation: string, ...sources: Source[]): Call => ({
  ...{ id: `${WEB} -> ${ORDERS} ${operation}`, from: WEB, to: ORDERS, operation, sources },
  ...{ authentication: 'mtls', evidence: 'proved', allowedBy: [], observed: false },
  declared: sources.some(({ how }) => how === 'declared'),
});
const known = (...calls: Call[]) =>
  ({
    records: [WEB, MAIL, ORDERS].map((id) => ({ id })),
    judged: { services: [], endpoints: [{ id: 'e1', blocked: false }], calls },
  }) as unknown as KnownEstate;

/** What is called after folders were read, by operation and lines. */
function callsAfter(estate: KnownEstate, ...readings: [string, Fact[]][]): string[] {
  const early = new EarlyChanges([...new Set(readings.map(([folder]) => folder))]);
  for (const [folder, facts] of readings) early.read(folder, facts);
  return told(early.amend(estate));
}
const told = ({ judged }: KnownEstate): string[] =>
  judged.calls.map(
    ({ from, operation, sources }) =>
      `${from.split('/')[2]} ${operation} ${sources.map(({ line }) => line).join()}`,
  );

describe('what a folder declares', () => {
  it.each<[string, Call[], [string, Fact[]][], string[]]>([
    ['is no change at first', [], [['a', [fact(READ)]]], []],
    [
      'counts as soon as it is read again',
      [call(READ, at(1))],
      [
        ['a', [fact(READ)]],
        ['a', [fact(READ), fact(WRITE, 2)]],
      ],
      [`web ${READ} 1`, `web ${WRITE} 2`],
    ],
    [
      'is taken back',
      [call(READ, at(1))],
      [
        ['a', [fact(READ)]],
        ['a', []],
      ],
      [],
    ],
    [
      'is taken back, and what others say of the call stays',
      [call(READ, at(1), at(7, 'kubernetes'))],
      [
        ['a', [fact(READ)]],
        ['a', []],
      ],
      [`web ${READ} 7`],
    ],
    [
      'moves to another line',
      [call(READ, at(1))],
      [
        ['a', [fact(READ)]],
        ['a', [fact(READ, 3)]],
      ],
      [`web ${READ} 3`],
    ],
    [
      'goes on where another folder says the same',
      [call(READ, at(1))],
      [
        ['a', [fact(READ)]],
        ['b', [fact(READ)]],
        ['a', []],
      ],
      [`web ${READ} 1`],
    ],
    [
      'may come back',
      [call(READ, at(1))],
      [
        ['a', [fact(READ)]],
        ['a', []],
        ['a', [fact(READ)]],
      ],
      [`web ${READ} 1`],
    ],
    [
      'waits where a service is not known',
      [],
      [
        ['a', []],
        ['a', [fact(READ, 1, 'test/shop/new'), fact(READ, 2, MAIL)]],
      ],
      [`mail ${READ} 2`],
    ],
    [
      'waits where calls without operations are to be weighed against it',
      [call('*', at(1))],
      [
        ['a', [fact('*')]],
        ['a', [fact('*'), fact(READ, 2)]],
      ],
      ['web * 1'],
    ],
    [
      'counts only where it is declared',
      [],
      [
        ['a', []],
        ['a', [{ ...fact(READ), source: at(1, 'kubernetes') }]],
      ],
      [],
    ],
  ])('%s', (_, calls, readings, wanted) => {
    expect(callsAfter(known(...calls), ...readings)).toEqual(wanted);
  });

  it('is not taken away while another folder has not been read, which may say the same', () => {
    const early = new EarlyChanges(['a', 'b']);
    early.read('a', [fact(READ)]);
    early.read('a', []);
    expect(told(early.amend(known(call(READ, at(1)))))).toEqual([`web ${READ} 1`]);
  });
});

describe('a judgement', () => {
  const before = known(call(READ, at(1)));
  const after = known(call(READ, at(1)), call(WRITE, at(2)));

  it('takes the place of what changed before it began', () => {
    const early = new EarlyChanges(['a']);
    early.read('a', [fact(READ)]);
    early.read('a', [fact(READ), fact(WRITE, 2)]);
    early.begin();
    expect(told(early.amend(before))).toHaveLength(2);
    early.end();
    expect(early.amend(before).judged.calls).toBe(before.judged.calls);
  });

  it('leaves what changed while it was under way, and is not amended twice', () => {
    const early = new EarlyChanges(['a']);
    early.read('a', [fact(READ)]);
    early.begin();
    early.read('a', [fact(READ), fact(WRITE, 2)]);
    early.end();
    expect(told(early.amend(before))).toHaveLength(2);
    expect(told(early.amend(after))).toEqual(told(after));
  });

  it('that fails takes nothing away', () => {
    const early = new EarlyChanges(['a']);
    early.read('a', [fact(READ)]);
    early.begin();
    early.read('a', [fact(READ), fact(WRITE, 2)]);
    early.begin();
    expect(told(early.amend(before))).toHaveLength(2);
  });
});

it('an endpoint is blocked as soon as that is decided', () => {
  const early = new EarlyChanges([]);
  const estate = known();
  early.block(['unknown']);
  expect(early.amend(estate).judged.endpoints).toBe(estate.judged.endpoints);
  early.block(['e1']);
  const [endpoint] = early.amend(estate).judged.endpoints as Endpoint[];
  expect(endpoint?.blocked).toBe(true);
});
