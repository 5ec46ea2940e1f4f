import { describe, expect, it } from 'vitest';
import { Entity } from './entity.ts';
import { CedarRecord, CedarSet, isEqual, type Value } from './value.ts';

const set = (...members: Value[]) => new CedarSet(members);
const record = (fields: Record<string, Value>) => new CedarRecord(new Map(Object.entries(fields)));

describe('values', () => {
  it.each<readonly [Value, Value, boolean]>([
    ['1', 1n, false],
    ['t', true, false],
    [set('a', 'b'), set('b', 'a', 'a'), true],
    [set('a', 'b'), set('ab'), false],
    [set(set('a'), set('b')), set(set('a', 'b')), false],
    [set('1:a'), set('a'), false],
    [set('s1'), set(1n), false],
    [set(), record({}), false],
    [record({ a: '1', b: 2n }), record({ b: 2n, a: '1' }), true],
    [record({ a: 'b' }), record({ ab: '' }), false],
    [record({ a: set('x') }), record({ a: set('x', 'y') }), false],
    [new Entity('A', 'b'), new Entity('A', 'b'), true],
    [new Entity('A', 'b'), new Entity('B', 'b'), false],
    [new Entity('A', 'b'), 'eA b', false],
    [set(new Entity('A', 'b')), set('eA b'), false],
  ])('%# are equal where they are the same', (a, b, wanted) => {
    expect(isEqual(a, b)).toBe(wanted);
    expect(set(a, 'other').has(b)).toBe(wanted);
  });

  it('are compared in little space, however deep they are', () => {
    const deep = () => Array.from({ length: 200 }).reduce<Value>((inner) => set(inner, '"'), '"');
    expect(isEqual(deep(), deep())).toBe(true);
  });
});
