import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { ReeveError } from './error.ts';
import { parseSpiffeId, parseTrustDomain } from './spiffe-id.ts';

const long = (length: number) => `spiffe://example.org/${'a'.repeat(length - 21)}`;

describe('a SPIFFE ID', () => {
  it.each([
    ['spiffe://example.org/ns/shop/sa/orders', 'example.org', '/ns/shop/sa/orders'],
    ['spiffe://example.org', 'example.org', ''],
    ['spiffe://a_b-c.1/A.b_c-d/...', 'a_b-c.1', '/A.b_c-d/...'],
    [long(2_048), 'example.org', long(2_048).slice(20)],
    [`spiffe://${'a'.repeat(255)}/x`, 'a'.repeat(255), '/x'],
  ])('%s is read', (text, trustDomain, path) => {
    expect(parseSpiffeId(text)).toEqual({ spiffeId: text, trustDomain, path });
  });

  it.each([
    ['', 'does not begin with spiffe://'],
    ['SPIFFE://example.org/x', 'does not begin with spiffe://'],
    ['https://example.org/x', 'does not begin with spiffe://'],
    ['spiffe:///x', 'the trust domain is empty'],
    ['spiffe://Example.org/x', 'has `E` in it'],
    ['spiffe://example.org:80/x', 'has `:` in it'],
    ['spiffe://user@example.org/x', 'has `@` in it'],
    ['spiffe://example.org?q', 'has `?` in it'],
    ['spiffe://example.org/x?q', 'has `?` in it'],
    ['spiffe://example.org/x#f', 'has `#` in it'],
    ['spiffe://example.org/%41', 'has `%` in it'],
    ['spiffe://example.org/ü', 'has `ü` in it'],
    ['spiffe://example.org/', 'ends with a slash'],
    ['spiffe://example.org/x/', 'ends with a slash'],
    ['spiffe://example.org//x', 'an empty segment'],
    ['spiffe://example.org/./x', 'the segment `.`'],
    ['spiffe://example.org/x/..', 'the segment `..`'],
    [`spiffe://${'a'.repeat(256)}/x`, '256 characters, more than the 255'],
    [long(2_049), '2049 characters, more than the 2048'],
  ])('%s is none', (text, words) => {
    expect(() => parseSpiffeId(text)).toThrow(
      expect.objectContaining({
        code: 'spiffe-id/malformed',
        message: expect.stringContaining(words),
      }),
    );
  });

  it('of any text is read as it stands, or refused with a ReeveError', () => {
    const pieces = fc.array(fc.constantFrom('spiffe://', 'a', '.', '/', 'B', '%', '\u0000'));
    fc.assert(
      fc.property(
        fc.oneof(
          fc.string(),
          pieces.map((all) => all.join('')),
        ),
        (text) => {
          try {
            const { spiffeId, trustDomain, path } = parseSpiffeId(text);
            expect([spiffeId, `spiffe://${trustDomain}${path}`]).toEqual([text, text]);
          } catch (thrown) {
            expect(thrown).toBeInstanceOf(ReeveError);
          }
        },
      ),
    );
  });
});

describe('the name of a trust domain', () => {
  it.each(['example.org', 'spiffe://example.org'])('is read from %s', (text) => {
    expect(parseTrustDomain(text)).toBe('example.org');
  });

  it.each(['', 'Example.org', 'spiffe://example.org/x', 'a/b'])('is not %j', (text) => {
    expect(() => parseTrustDomain(text)).toThrow(
      expect.objectContaining({ code: 'spiffe-id/trust-domain-malformed' }),
    );
  });
});
