import { describe, expect, it } from 'vitest';
import { quote, statusOf } from './fault.ts';

describe('the code of a fault', () => {
  it.each([
    ['identity/id-malformed', 400, 3],
    ['identity/svid-invalid/expired', 400, 3],
    ['identity/svid-invalid/not-found', 400, 3],
    ['estate/endpoint-not-found', 404, 5],
    ['not-found', 404, 5],
    ['estate/unfound', 500, 13],
    ['identity/odd/malformed', 500, 13],
  ])('%s means %i to an HTTP client and %i to one of gRPC', (code, http, grpc) => {
    expect(statusOf(code)).toEqual({ http, grpc });
  });
});

describe('foreign text in a message', () => {
  it.each([
    ['plain', 'plain', '`plain`'],
    ['of a control character and a backtick', 'a\u001b`', '`a\\u001b\\u0060`'],
    ['that is long', 'x'.repeat(61), `\`${'x'.repeat(60)}…\``],
    ['of a number', 7, '`7`'],
    ['of nothing', undefined, '`undefined`'],
    [
      'of what hides its text',
      JSON.parse('{"toString":0,"valueOf":0}'),
      '`{"toString":0,"valueOf":0}`',
    ],
    ['of what has no text', Object.create(null), '`{}`'],
  ])('%s is shown whatever it is', (_, value, shown) => {
    expect(quote(value)).toBe(shown);
  });
});
