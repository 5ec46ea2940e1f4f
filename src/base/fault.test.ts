import { describe, expect, it } from 'vitest';
import { statusOf } from './fault.ts';

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
