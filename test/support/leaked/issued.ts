import type { JsonWebKey } from 'node:crypto';
import { createPrivateKey, createPublicKey, randomBytes, sign, verify } from 'node:crypto';
import { type LeakedReeve, ORDERS, PAYMENTS } from './reeve.ts';
import type { LeakTarget } from './target.ts';

/** An API key by which payments lets orders in. */
export const apiKeyTarget = (reeve: () => LeakedReeve): LeakTarget => ({
  ...{ name: 'api-key', rotator: 'api-key' },
  config: {
    environments: ['production'],
    scopes: [{ service: PAYMENTS, operations: ['POST /charges'] }],
  },
  leak: ({ key = '' }) => key,
  takes: ({ key = '' }) => reeve().isKeyTaken(key),
});

/** A key that orders signs with; it gets about with the line ends of another machine. */
export const signingKeyTarget = (reeve: () => LeakedReeve): LeakTarget => {
  const name = 'signing-key';
  return {
    ...{ name, rotator: 'jwt-key', config: {} },
    leak: ({ privateKey = '' }) => privateKey.replaceAll('\n', '\r\n'),
    async takes({ kid, privateKey = '' }) {
      const path = `key-sets/${encodeURIComponent(`${ORDERS}/${name}`)}`;
      const { keys } = await reeve().ask<{ keys: (JsonWebKey & { kid: string })[] }>(path);
      const key = keys.find((one) => one.kid === kid);
      if (key === undefined) return false;
      const text = randomBytes(16);
      const signature = sign('sha256', text, createPrivateKey(privateKey));
      return verify('sha256', text, createPublicKey({ key, format: 'jwk' }), signature);
    },
  };
};
