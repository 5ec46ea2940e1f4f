import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { KeyWriter } from '../counting/index.ts';
import { parameterNames, writeParameterNames } from './query.ts';

function namesOf(query: string): string[] {
  const key = new KeyWriter(1);
  const bytes = Buffer.from(query);
  key.start();
  writeParameterNames(key, bytes, 0, bytes.length);
  return parameterNames(Buffer.from(key.bytes.subarray(0, key.length)).toString());
}

describe('the names of query parameters', () => {
  it.each<[string, string[]]>([
    ['b=2&a=1', ['a', 'b']],
    ['a=1&a=2', ['a']],
    ['filter%5Bname%5D=x&sort[by]=y', ['filter[name]', 'sort[by]']],
    ['a=b=c&d=', ['a', 'd']],
    ['', []],
    ['&&=x&', []],
    ['a=1;b=2', ['a']],
  ])('of %j are %j', (query, names) => {
    expect(namesOf(query)).toEqual(names);
  });

  it('leave out what may be a value itself', () => {
    const secret = fc.sample(fc.stringMatching(/^[A-Za-z0-9]{40}$/), 1)[0] ?? '';
    expect(namesOf(`${secret}&page=1`)).toEqual(['page']);
    expect(namesOf(`${'n'.repeat(65)}=1`)).toEqual([]);
    expect(namesOf('na me=1&n"x=2&caf\u00e9=3')).toEqual([]);
    expect(namesOf('%00=1')).toEqual(['%00']);
  });

  it('are at most 32, of the first 4,096 bytes', () => {
    const many = Array.from({ length: 100 }, (_, index) => `n${index}=x`).join('&');
    expect(namesOf(many)).toHaveLength(32);
    expect(namesOf(`a=${'x'.repeat(5_000)}&b=1`)).toEqual(['a']);
  });
});
