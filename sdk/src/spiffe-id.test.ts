import { expect, it } from 'vitest';
import { parseSpiffeId } from './spiffe-id.ts';

it('a SPIFFE ID is taken apart into the fields of a caller', () => {
  expect(parseSpiffeId('spiffe://example.org/ns/shop')).toEqual({
    spiffeId: 'spiffe://example.org/ns/shop',
    trustDomain: 'example.org',
    path: '/ns/shop',
  });
});
