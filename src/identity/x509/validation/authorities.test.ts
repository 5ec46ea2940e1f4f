import { describe, expect, it } from 'vitest';
import { forge, forgedAuthority } from '../testing/forge.ts';
import { authoritiesOf, readAuthorities, readOnce } from './authorities.ts';
import { bundle, KEYS } from './testing/scene.ts';

const anAuthority = (name = 'root 1') => forge(forgedAuthority(KEYS.root, name, name, KEYS.root));

describe('the authorities of a bundle', () => {
  it('are those that can be read; what is wrong with the others is said', () => {
    const { steps, flaws } = authoritiesOf(
      bundle('example.org', Buffer.of(1), anAuthority(), Buffer.of(2)),
    );
    expect(steps.map(({ whose }) => whose)).toEqual([
      'authority 2 of the trust bundle of `example.org`',
    ]);
    expect(flaws.map(({ code, message }) => [code, message])).toEqual(
      [1, 3].map((place) => [
        'identity/der-malformed',
        expect.stringContaining(`authority ${place} of the trust bundle of \`example.org\``),
      ]),
    );
  });

  it('are read once for a bundle, and anew for another', () => {
    const one = bundle('example.org', anAuthority());
    expect(authoritiesOf(one)).toBe(authoritiesOf(one));
    expect(authoritiesOf({ ...one })).not.toBe(authoritiesOf(one));
  });
});

describe('a certificate that is read once', () => {
  it('is the same for the same bytes, and for no others', () => {
    const der = anAuthority();
    const first = readOnce(der, 'it');
    expect(readOnce(Buffer.from(der), 'it')).toBe(first);
    expect(readOnce(anAuthority('root 2'), 'it')).not.toBe(first);
  });

  it('is found where its bytes lie in a larger memory', () => {
    const der = anAuthority();
    const around = new Uint8Array([7, ...der, 7]);
    const read = readOnce(around.subarray(1, -1), 'it');
    expect(read).toBe(readOnce(der, 'it'));
    // What is kept must not keep the message that it came with.
    expect(read.der.buffer).not.toBe(around.buffer);
  });

  it('is forgotten before there are too many, and read again', () => {
    const der = anAuthority();
    const first = readOnce(der, 'it');
    const others = Array.from({ length: 256 }, (_, index) => anAuthority(`root of ${index}`));
    expect(readAuthorities(others, () => 'another').flaws).toEqual([]);
    const again = readOnce(der, 'it');
    expect(again).not.toBe(first);
    expect(again.der.equals(first.der)).toBe(true);
  });
});
