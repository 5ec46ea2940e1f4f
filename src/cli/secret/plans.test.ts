import { expect, it } from 'vitest';
import { planOf } from './plans.ts';

const configOf = (...set: string[]) =>
  (planOf({ rotator: 'model', every: 60, set }) as { readonly config: object }).config;

it.each<[readonly string[], object]>([
  [['host=db.internal', 'port=5432'], { host: 'db.internal', port: 5432 }],
  [
    ['accounts.strategy=single', 'accounts.user=orders', 'host=x'],
    { accounts: { strategy: 'single', user: 'orders' }, host: 'x' },
  ],
  [['a={"b":1,"c":2}', 'a.c=3'], { a: { b: 1, c: 3 } }],
  [['a=text', 'a.b=1'], { a: { b: 1 } }],
  [['text=', 'equal=a=b'], { text: '', equal: 'a=b' }],
])('--set %j', (set, config) => {
  expect(configOf(...set)).toEqual(config);
});

it('a setting may have any name, and is never more than that', () => {
  const config = configOf('__proto__.polluted=1');
  expect(Object.keys(config)).toEqual(['__proto__']);
  expect(Reflect.get({}, 'polluted')).toBeUndefined();
});

it.each(['host', '=x', 'a.=x', '.a=x', 'a..b=x'])('--set %s is refused', (set) => {
  expect(() => configOf(set)).toThrow('A setting is written as name=value');
});
