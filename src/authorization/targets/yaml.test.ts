import fc from 'fast-check';
import { load } from 'js-yaml';
import { describe, expect, it } from 'vitest';
import { toYaml } from './yaml.ts';

const TEXTS = [
  '',
  'a',
  'no',
  'NULL',
  '1',
  '1e3',
  '0x1f',
  '~',
  '- a',
  'a: b',
  'a #b',
  "it's",
  '"',
  'a:b',
];
const text = fc.oneof(fc.constantFrom(...TEXTS), fc.string(), fc.string({ unit: 'binary' }));
const json = fc.letrec((tie) => ({
  value: fc.oneof(
    { maxDepth: 4 },
    text,
    fc.integer(),
    fc.boolean(),
    fc.constant(null),
    fc.array(tie('value'), { maxLength: 4 }),
    fc.dictionary(text, tie('value'), { maxKeys: 4 }),
  ),
})).value;

describe('YAML of a value', () => {
  it('looks as people write it', () => {
    const value = {
      kind: 'Server',
      spec: { ports: [{ port: '80', names: [] }, 'x'], left: undefined, selector: {} },
    };
    expect(toYaml(value)).toBe(
      "kind: Server\nspec:\n  ports:\n    - port: '80'\n      names: []\n    - x\n  selector: {}\n",
    );
  });

  it('is read back as the same value, whatever it is', () => {
    fc.assert(
      fc.property(json, (value) => {
        expect(load(toYaml(value))).toEqual(value);
      }),
      { numRuns: 500 },
    );
  });
});
