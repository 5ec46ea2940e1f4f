import { beforeEach, expect, it } from 'vitest';
import { Denials, type ToldDenial } from './denials.ts';

let told: ToldDenial[];
let endWindow: () => void;
let denials: Denials;
beforeEach(() => {
  told = [];
  endWindow = () => {};
  denials = new Denials({
    tell: (denial) => told.push(denial),
    after: (_, callBack) => {
      endWindow = callBack;
      return () => {
        endWindow = () => {};
      };
    },
  });
});

const denial = (actor: string) => ({ actor, secret: 'a/b/c/d', label: 'current', why: 'no' });
const sums = () => told.map(({ actor, count }) => `${actor} ${count}`);

it('a denial is told at once, and those like it at the end of the minute as a sum', () => {
  for (let time = 0; time < 1_000; time++) denials.hear(denial('x'));
  denials.hear(denial('y'));
  expect(sums()).toEqual(['x 1', 'y 1']);
  endWindow();
  expect(sums()).toEqual(['x 1', 'y 1', 'x 999']);
  endWindow();
  expect(told).toHaveLength(3);
  denials.hear(denial('x'));
  expect(sums().at(-1)).toBe('x 1');
});

it('denials of ever other callers are told apart up to a bound, and counted beyond it', () => {
  for (let caller = 0; caller < 5_000; caller++) denials.hear(denial(`caller-${caller}`));
  expect(told).toHaveLength(100);
  denials.flush();
  expect(told).toHaveLength(101);
  expect(sums().at(-1)).toBe('several 4900');
});
