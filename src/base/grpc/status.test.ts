import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { Fault } from '../fault.ts';
import { CODES, httpStatusOf } from './codes.ts';
import { toStatus, toTrailers } from './status.ts';
import { parseTimeout } from './timeout.ts';

describe('a status of gRPC', () => {
  it.each([
    ['x/malformed', 'INVALID_ARGUMENT', undefined],
    ['x/unauthenticated', 'UNAUTHENTICATED', undefined],
    ['x/queue-too-many', 'RESOURCE_EXHAUSTED', 1],
    ['x/message-too-large', 'RESOURCE_EXHAUSTED', undefined],
    ['x/unavailable', 'UNAVAILABLE', 5],
    ['grpc/deadline-exceeded', 'DEADLINE_EXCEEDED', undefined],
    ['grpc/cancelled', 'CANCELLED', undefined],
    ['grpc/method-unimplemented', 'UNIMPLEMENTED', undefined],
    ['x/anything', 'INTERNAL', undefined],
  ])('of the fault %s is %s', (code, name, retrySeconds) => {
    const status = toStatus(new Fault(code, 'What happened', { hint: 'what to do' }));
    expect(CODES[status.code]?.name).toBe(name);
    expect(status.retrySeconds).toBe(retrySeconds);
    expect(status.message).toBe('What happened: what to do');
  });

  it('says nothing of what was not meant for callers', () => {
    expect(toStatus(new Error('secret'))).toEqual({ code: 13, message: 'internal fault' });
  });

  it('escapes its message, and cuts it between characters', () => {
    expect(toTrailers({ code: 3, message: '100 % größer\n' })).toEqual({
      'grpc-status': '3',
      'grpc-message': '100 %25 gr%C3%B6%C3%9Fer%0A',
    });
    const long = toTrailers({ code: 3, message: `x${'€'.repeat(1_000)}` })['grpc-message'];
    expect(decodeURIComponent(String(long))).toBe(`x${'€'.repeat(341)}`);
  });

  it('can be decoded whatever its message is', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'grapheme', minLength: 1, maxLength: 100 }), (message) => {
        const header = String(toTrailers({ code: 3, message })['grpc-message']);
        expect(header).toMatch(/^[ -~]*$/);
        expect(decodeURIComponent(header)).toBe(message);
      }),
    );
  });

  it('has the HTTP status that google.rpc.Code gives it', () => {
    expect([0, 5, 8, 12, 16, 17, -1].map(httpStatusOf)).toEqual([
      200,
      404,
      429,
      501,
      401,
      undefined,
      undefined,
    ]);
  });
});

describe('a timeout', () => {
  it.each([
    [undefined, undefined],
    ['1H', 3_600_000],
    ['2M', 120_000],
    ['3S', 3_000],
    ['4m', 4],
    ['5000u', 5],
    ['1n', 1],
    ['0S', 0],
    ['99999999H', 2 ** 31 - 1],
  ])('of %s is %s ms', (header, milliseconds) => {
    expect(parseTimeout(header)).toBe(milliseconds);
  });

  it.each(['', '1', 'S', '123456789S', '1s', '-1S', '1 S'])('is not %j', (header) => {
    expect(() => parseTimeout(header)).toThrow(
      expect.objectContaining({ code: 'grpc/timeout-malformed' }),
    );
  });
});
