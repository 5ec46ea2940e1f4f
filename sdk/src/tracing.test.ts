import { expect, it } from 'vitest';
import { rememberCaller } from './caller.ts';
import { callerAttributes } from './tracing.ts';

const CALLER = {
  spiffeId: 'spiffe://example.org/ns/shop/sa/web',
  trustDomain: 'example.org',
  path: '/ns/shop/sa/web',
  expiresAt: new Date(0),
};

it('a span tells who proved to be the caller by mutual TLS, and nobody else', () => {
  const [proved, signedIn, unknown] = [{}, {}, {}];
  rememberCaller(proved, { ...CALLER, proof: 'mtls' });
  rememberCaller(signedIn, { ...CALLER, proof: 'jwt' });
  expect([proved, signedIn, unknown].map(callerAttributes)).toEqual([
    { 'reeve.mtls.peer': CALLER.spiffeId },
    {},
    {},
  ]);
});
