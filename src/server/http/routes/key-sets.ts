import { z } from 'zod';
import type { Clock } from '../../../base/clock.ts';
import { Fault, quote } from '../../../base/fault.ts';
import { jwksOf, type KeySets } from '../../../secrets/key-sets/index.ts';
import { type Operation, operation } from '../operation.ts';

/** Public keys of secrets that sign: whoever verifies what they signed reads them here. */
export function keySetOperations(keySets: KeySets, clock: Clock): Operation[] {
  return [
    operation({
      id: 'get-key-set',
      method: 'GET',
      path: '/api/v1/key-sets/{id}',
      tag: 'secrets',
      summary: 'The public keys of a signing key that Reeve renews, as a JWK set (RFC 7517)',
      access: 'public',
      params: z.strictObject({ id: z.string().min(1).max(600) }),
      status: 200,
      response: z.object({ keys: z.array(z.record(z.string(), z.unknown())) }),
      handle: async ({ params: { id }, reply }) => {
        const set = await keySets.read(id);
        if (set === undefined) {
          throw new Fault('secrets/key-set-not-found', `${quote(id, 120)} has no public keys`, {
            hint: 'they are there once its first key is published, which its plan of `jwt-key` does',
          });
        }
        reply.header('cache-control', `public, max-age=${set.maxAgeSeconds}`);
        return jwksOf(set, clock());
      },
    }),
  ];
}
