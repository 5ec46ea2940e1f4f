import { describe, expect, it } from 'vitest';
import { keptSpots, type Spot } from './keep.ts';

const IDS = Array.from({ length: 20 }, (_, place) => `test/ns${place % 2}/s${place}`);
const KEPT = new Map<string, Spot>(IDS.map((id, place) => [id, [10 * place, place % 2]]));
const NO_CALLS = { from: new Uint32Array(), to: new Uint32Array() };

const spotOf = (spots: Float32Array | undefined, place: number) => [
  spots?.[2 * place],
  spots?.[2 * place + 1],
];

describe('on a map that is there', () => {
  it('everybody stays where he was, in whatever order he comes', () => {
    const spots = keptSpots(IDS.toReversed(), NO_CALLS, KEPT);
    expect(spotOf(spots, 19)).toEqual([0, 0]);
    expect(spotOf(spots, 0)).toEqual([190, 1]);
  });

  it('who is new stands beside those of his namespace that he has to do with', () => {
    const ids = [...IDS, 'test/ns1/new'];
    // he calls one of his own, and is called by one of another namespace
    const calls = { from: Uint32Array.of(20, 4), to: Uint32Array.of(15, 20) };
    const [x = 0, y = 0] = spotOf(keptSpots(ids, calls, KEPT), 20);
    expect(Math.hypot(x - 150, y - 1)).toBeCloseTo(1.2);
  });

  it('who is new and calls nobody stands in the middle of his namespace, each time at the same place', () => {
    const ids = [...IDS, 'test/ns0/new'];
    const [x = 0, y = 0] = spotOf(keptSpots(ids, NO_CALLS, KEPT), 20);
    expect(Math.hypot(x - 90, y)).toBeCloseTo(1.2);
    expect(keptSpots(ids, NO_CALLS, KEPT)).toEqual(keptSpots(ids, NO_CALLS, KEPT));
  });

  it('there is no room for many at once: it is drawn anew', () => {
    const ids = [...IDS, ...Array.from({ length: 6 }, (_, place) => `test/ns0/n${place}`)];
    expect(keptSpots(ids, NO_CALLS, KEPT)).toBeUndefined();
    expect(keptSpots(ids.slice(0, 24), NO_CALLS, KEPT)).toBeDefined();
    expect(keptSpots(IDS, NO_CALLS, new Map())).toBeUndefined();
  });
});
