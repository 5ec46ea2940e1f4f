import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { Fault } from '../../base/fault.ts';
import {
  MAX_ID_BYTES,
  MAX_TRUST_DOMAIN_BYTES,
  parseSpiffeId,
  parseTrustDomain,
  spiffeIdOf,
} from './id.ts';

const longestDomain = 'd'.repeat(MAX_TRUST_DOMAIN_BYTES);
/** An ID of exactly so many bytes. */
const idOf = (bytes: number, start = 'spiffe://example.org/') => start.padEnd(bytes, 'p');

describe('a SPIFFE ID', () => {
  it.each([
    ['spiffe://example.org', 'example.org', ''],
    ['spiffe://example.org/ns/shop/sa/orders', 'example.org', '/ns/shop/sa/orders'],
    ['spiffe://a/b', 'a', '/b'],
    ['spiffe://a-z_0.9/A-Z_0.9', 'a-z_0.9', '/A-Z_0.9'],
    ['spiffe://127.0.0.1/x', '127.0.0.1', '/x'],
    ['spiffe://../x', '..', '/x'],
    ['spiffe://example.org/...', 'example.org', '/...'],
    ['spiffe://example.org/.hidden', 'example.org', '/.hidden'],
    ['spiffe://example.org/a..b', 'example.org', '/a..b'],
    [`spiffe://${longestDomain}/x`, longestDomain, '/x'],
  ])('of %s has a trust domain and a path', (uri, trustDomain, path) => {
    expect(parseSpiffeId(uri)).toEqual({ trustDomain, path, uri });
  });

  it('may have 2,048 bytes', () => {
    expect(parseSpiffeId(idOf(MAX_ID_BYTES)).uri).toHaveLength(MAX_ID_BYTES);
    const both = idOf(MAX_ID_BYTES, `spiffe://${longestDomain}/`);
    expect(parseSpiffeId(both).trustDomain).toBe(longestDomain);
  });

  it.each([
    ['', 'does not begin with spiffe://'],
    ['example.org/x', 'does not begin with spiffe://'],
    ['https://example.org/x', 'does not begin with spiffe://'],
    ['SPIFFE://example.org/x', 'does not begin with spiffe://'],
    ['spiffe:/example.org/x', 'does not begin with spiffe://'],
    [' spiffe://example.org/x', 'does not begin with spiffe://'],
    ['spiffe://', 'the trust domain is empty'],
    ['spiffe:///x', 'the trust domain is empty'],
    ['spiffe://Example.org/x', 'trust domain has `E` in it'],
    ['spiffe://example.org:443/x', 'trust domain has `:` in it'],
    ['spiffe://user@example.org/x', 'trust domain has `@` in it'],
    ['spiffe://ex%61mple.org/x', 'trust domain has `%` in it'],
    ['spiffe://exämple.org/x', 'trust domain has `ä` in it'],
    ['spiffe://[::1]/x', 'trust domain has `[` in it'],
    ['spiffe://example.org?x', 'trust domain has `?` in it'],
    ['spiffe://example.org#x', 'trust domain has `#` in it'],
    [`spiffe://${longestDomain}d/x`, 'trust domain has 256 characters, more than the 255'],
    ['spiffe://example.org/', 'the path ends with a slash'],
    ['spiffe://example.org/x/', 'the path ends with a slash'],
    ['spiffe://example.org//x', 'the path has an empty segment'],
    ['spiffe://example.org/x//y', 'the path has an empty segment'],
    ['spiffe://example.org/./x', 'the path has the segment `.`'],
    ['spiffe://example.org/x/..', 'the path has the segment `..`'],
    ['spiffe://example.org/x?y', 'path has `?` in it'],
    ['spiffe://example.org/x#y', 'path has `#` in it'],
    ['spiffe://example.org/%41', 'path has `%` in it'],
    ['spiffe://example.org/a b', 'path has ` ` in it'],
    ['spiffe://example.org/a:b', 'path has `:` in it'],
    ['spiffe://example.org/\u0000', 'path has `\\u0000` in it'],
    ['spiffe://example.org/\n', 'path has `\\u000a` in it'],
    ['spiffe://example.org/😀', 'path has `😀` in it'],
    ['spiffe://example.org/é', 'path has `é` in it'],
    [idOf(MAX_ID_BYTES + 1), 'has 2049 characters, more than the 2048'],
  ])('is not %s', (text, why) => {
    expect(() => parseSpiffeId(text)).toThrow(
      expect.objectContaining({
        code: 'identity/id-malformed',
        message: expect.stringContaining(why),
      }),
    );
  });

  it('of any text is itself again or a Fault that is short', () => {
    const text = fc.oneof(
      fc.string({ unit: 'binary' }),
      fc.string({ unit: 'grapheme' }).map((path) => `spiffe://example.org/${path}`),
      fc.stringMatching(/^spiffe:\/\/[a-z0-9._-]{1,9}(\/[a-zA-Z0-9._-]{1,3}){0,5}$/),
    );
    fc.assert(
      fc.property(text, (given) => {
        try {
          const { uri, trustDomain, path } = parseSpiffeId(given);
          expect(uri).toBe(given);
          expect(`spiffe://${trustDomain}${path}`).toBe(given);
          expect(new URL(uri).href).toContain(trustDomain);
        } catch (thrown) {
          expect(thrown).toBeInstanceOf(Fault);
          expect((thrown as Fault).message.length).toBeLessThan(600);
        }
      }),
    );
  });
});

describe('the name of a trust domain', () => {
  it.each([
    ['example.org', 'example.org'],
    ['spiffe://example.org', 'example.org'],
    [longestDomain, longestDomain],
  ])('is read from %s', (text, name) => {
    expect(parseTrustDomain(text)).toBe(name);
  });

  it.each([
    ['', 'is empty'],
    ['spiffe://', 'is empty'],
    ['Example.org', 'has `E` in it'],
    ['example.org/x', 'has `/` in it'],
    ['spiffe://example.org/x', 'has `/` in it'],
    ['https://example.org', 'has `:` in it'],
    [`${longestDomain}d`, 'has 256 characters'],
  ])('is not %s', (text, why) => {
    expect(() => parseTrustDomain(text)).toThrow(
      expect.objectContaining({
        code: 'identity/trust-domain-malformed',
        message: expect.stringContaining(why),
      }),
    );
  });

  it('and segments make an ID', () => {
    expect(spiffeIdOf('example.org', 'ns', 'shop').uri).toBe('spiffe://example.org/ns/shop');
    expect(spiffeIdOf('example.org').path).toBe('');
    expect(() => spiffeIdOf('example.org', 'ns', '')).toThrow(/ends with a slash/);
    expect(() => spiffeIdOf('Example.org', 'ns')).toThrow(/not the name of a trust domain/);
  });

  it('does not let segments reach beyond themselves', () => {
    expect(() => spiffeIdOf('example.org', 'ns', 'a/b')).toThrow(
      expect.objectContaining({ message: expect.stringContaining('`a/b` is not a segment') }),
    );
  });
});
