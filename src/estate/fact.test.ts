import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { canonicalJson, factId, nameFact } from './fact.ts';
import { anyFact } from './store/testing/facts.ts';

describe('canonical JSON', () => {
  test.for<[unknown, string]>([
    [{ b: 1, a: [true, null, 'x'] }, '{"a":[true,null,"x"],"b":1}'],
    [{ a: undefined, b: { d: 1, c: 2 } }, '{"b":{"c":2,"d":1}}'],
    [[undefined], '[null]'],
    ['\0\ud800', '"\\u0000\\ud800"'],
    [{ é: 1, Z: 2, a: 3 }, '{"Z":2,"a":3,"é":1}'],
  ])('%j is %s', ([value, want]) => {
    expect(canonicalJson(value)).toBe(want);
  });

  test('any JSON value is said in well-formed text that means the same', () => {
    fc.assert(
      fc.property(fc.jsonValue(), (value) => {
        const text = canonicalJson(value);
        expect(text.isWellFormed()).toBe(true);
        expect(JSON.parse(text)).toEqual(JSON.parse(JSON.stringify(value)));
      }),
    );
  });
});

describe('a fact’s name', () => {
  test('does not depend on the order of its fields', () => {
    fc.assert(
      fc.property(anyFact, (fact) => {
        const turned = Object.fromEntries(Object.entries(fact).reverse()) as typeof fact;
        expect(factId(turned)).toBe(factId(fact));
      }),
    );
  });

  test('is equal for equal facts only', () => {
    fc.assert(
      fc.property(anyFact, anyFact, (a, b) => {
        expect(factId(a) === factId(b)).toBe(canonicalJson(a) === canonicalJson(b));
      }),
    );
  });

  test('comes with its text, and says what it speaks of', () => {
    fc.assert(
      fc.property(anyFact, (fact) => {
        const { id, body } = nameFact(fact);
        expect(id).toMatch(new RegExp(`^${fact.entity}-[0-9a-f]{16}$`));
        expect(canonicalJson(JSON.parse(body))).toBe(body);
      }),
    );
  });
});
