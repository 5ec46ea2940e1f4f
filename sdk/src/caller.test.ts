import { describe, expect, it } from 'vitest';
import {
  answererOf,
  type Caller,
  callerOf,
  findCaller,
  rememberCaller,
  rememberPeer,
} from './caller.ts';

const caller = (path: string, proof: Caller['proof'] = 'mtls'): Caller => ({
  spiffeId: `spiffe://example.org${path}`,
  trustDomain: 'example.org',
  path,
  proof,
  expiresAt: new Date(0),
});

describe('the caller', () => {
  it('is that of the socket, wherever a request leads to it', () => {
    const socket = {};
    rememberCaller(socket, caller('/orders'));
    expect(callerOf(socket)).toEqual(caller('/orders'));
    expect(callerOf({ socket })).toBe(callerOf(socket));
    const stream = {};
    rememberCaller(stream, caller('/billing'));
    expect(callerOf({ stream, socket: {} }).path).toBe('/billing');
  });

  it('of the request itself comes before that of its connection', () => {
    const socket = {};
    const request = { socket };
    rememberCaller(socket, caller('/gateway'));
    rememberCaller(request, caller('/orders', 'jwt'));
    expect(callerOf(request)).toMatchObject({ path: '/orders', proof: 'jwt' });
    expect(callerOf({ socket }).path).toBe('/gateway');
  });

  it('cannot be changed by whoever sees it', () => {
    const socket = {};
    const given = { ...caller('/orders') };
    rememberCaller(socket, given);
    expect(() => Object.assign(callerOf(socket), { path: '/admin' })).toThrow(TypeError);
    Object.assign(given, { path: '/admin' });
    expect(callerOf(socket).path).toBe('/orders');
  });

  it('is nobody where nothing was proved, whatever a request says of itself', () => {
    const claimed = { ...caller('/admin'), socket: null, stream: 'x', headers: { caller: 'me' } };
    expect(findCaller(claimed)).toBeUndefined();
    expect(() => callerOf(claimed)).toThrow(
      expect.objectContaining({ code: 'caller/unauthenticated' }),
    );
  });

  it('is not who answers', () => {
    const socket = {};
    rememberPeer(socket, caller('/payments'));
    expect(answererOf({ socket })?.path).toBe('/payments');
    expect(answererOf(socket)?.path).toBe('/payments');
    expect(findCaller(socket)).toBeUndefined();
    expect(answererOf({})).toBeUndefined();
  });
});
