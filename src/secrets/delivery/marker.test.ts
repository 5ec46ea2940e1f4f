import { describe, expect, it } from 'vitest';
import { markerOf, mayReplace, stateOf } from './marker.ts';

const marker = { secret: 'e/n/s/db', version: 7, fingerprint: 'f7', was: 'f6' };
const wanted = { secret: 'e/n/s/db', version: 7 };

describe('what stands at a place', () => {
  it.each([
    ['same', { marker, fingerprint: 'f7' }, wanted],
    ['behind', { marker, fingerprint: 'f7' }, { ...wanted, version: 8 }],
    ['behind', { marker, fingerprint: 'f6' }, wanted],
    ['edited', { marker, fingerprint: 'f5' }, wanted],
    ['foreign', { marker: undefined, fingerprint: 'f7' }, wanted],
    ['foreign', { marker, fingerprint: 'f7' }, { ...wanted, secret: 'e/n/s/other' }],
    ['missing', undefined, wanted],
  ])('is %s', (state, seen, secret) => {
    expect(stateOf(seen, secret)).toBe(state);
  });

  it.each([
    ['missing', false, ''],
    ['behind', false, ''],
    ['same', false, ''],
    ['edited', false, 'was edited by somebody else'],
    ['foreign', false, 'was put there by somebody else'],
    ['edited', true, ''],
    ['foreign', true, ''],
  ] as const)('that is %s may be replaced, or not: takeOver %s', (state, takeOver, message) => {
    const replace = () => mayReplace(state, 'The file', { takeOver });
    if (message === '') expect(replace).not.toThrow();
    else expect(replace).toThrow(`The file ${message}`);
  });

  it.each([undefined, '', '0', '-1', '1.5', '1e3', ' 1', '9'.repeat(20)])(
    'has no marker with the version %j',
    (version) => {
      expect(markerOf({ secret: 'a', fingerprint: 'f', version })).toBe(undefined);
    },
  );

  it('has a marker', () => {
    const texts = { secret: 'a', fingerprint: 'f', version: '12', was: undefined };
    expect(markerOf(texts)).toEqual({ ...texts, version: 12 });
  });
});
