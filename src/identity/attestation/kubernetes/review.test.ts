import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { Fault } from '../../../base/fault.ts';
import { attestToken, type TokenReviewer } from './index.ts';
import { AUDIENCE, CLUSTER, claimsAt, tokenOf } from './testing/cluster.ts';

const NOW = Date.UTC(2027, 0, 1);
const UID = '2c48913c-b29f-11e7-9350-020968147796';
const EXTRA = 'authentication.kubernetes.io';
const extra = {
  [`${EXTRA}/pod-name`]: ['orders-x2x9z'],
  [`${EXTRA}/pod-uid`]: [UID],
  [`${EXTRA}/node-name`]: ['node-1'],
};
const user = { username: 'system:serviceaccount:shop:orders', uid: 'u', groups: [], extra };
const STATUS = { authenticated: true, audiences: [AUDIENCE], user };
/** A token that no key here has signed: the cluster's word counts. */
const TOKEN = tokenOf(claimsAt(NOW), { kid: 'unknown here' });

const attest = (by: TokenReviewer) =>
  attestToken(
    { token: TOKEN },
    [{ ...CLUSTER, name: 'east', by }],
    { clockSkewSeconds: 60, maxLifetimeSeconds: 86_400 },
    NOW,
    new AbortController().signal,
  );
const answering = (status: unknown) => attest(async () => ({ kind: 'TokenReview', status }));

describe('a token that its cluster reviews', () => {
  it('shows what the cluster says, who was asked with the audience', async () => {
    const asked: unknown[] = [];
    const shown = await attest(async (token, audiences) => {
      asked.push(token, audiences);
      return { status: STATUS };
    });
    expect(asked).toEqual([TOKEN, [AUDIENCE]]);
    expect(shown.selectors).toEqual([
      'k8s:cluster:east',
      'k8s:node-name:node-1',
      'k8s:ns:shop',
      'k8s:pod-name:orders-x2x9z',
      `k8s:pod-uid:${UID}`,
      'k8s:sa:orders',
    ]);
  });

  it.each<[string, unknown, string]>([
    ['nothing', undefined, 'token-rejected'],
    ['no', { authenticated: false, error: 'token has been invalidated' }, 'token-rejected'],
    ['something like yes', { ...STATUS, authenticated: 'true' }, 'token-rejected'],
    ['no audiences, as one that knows none', { ...STATUS, audiences: undefined }, 'token-audience'],
    ['another audience', { ...STATUS, audiences: ['x'] }, 'token-audience'],
    ['a person', { ...STATUS, user: { ...user, username: 'ada' } }, 'token-malformed'],
    ['a node', { ...STATUS, user: { ...user, username: 'system:node:a' } }, 'token-malformed'],
    [
      'an account without a namespace',
      { ...STATUS, user: { ...user, username: 'system:serviceaccount::a' } },
      'token-malformed',
    ],
    ['no pod', { ...STATUS, user: { ...user, extra: {} } }, 'token-unbound'],
    [
      'a pod without a uid',
      { ...STATUS, user: { ...user, extra: { ...extra, [`${EXTRA}/pod-uid`]: [] } } },
      'token-malformed',
    ],
  ])('is refused where it answers %s', async (_, status, reason) => {
    await expect(answering(status)).rejects.toMatchObject({
      code: `identity/attestation-forbidden/${reason}`,
    });
  });

  it('is not judged where the cluster cannot be asked', async () => {
    const refused = attest(() => Promise.reject(new Error('connect ECONNREFUSED')));
    await expect(refused).rejects.toMatchObject({
      code: 'identity/attestation-unavailable/token-review',
      message: 'the cluster cannot be asked: `connect ECONNREFUSED`',
    });
  });

  it('is attested or refused, whatever the answer', async () => {
    const status = fc.oneof(
      fc.jsonValue(),
      fc
        .dictionary(fc.constantFrom(...Object.keys(STATUS)), fc.jsonValue())
        .map((change) => ({ ...STATUS, ...change })),
      fc.dictionary(fc.constantFrom(...Object.keys(extra)), fc.jsonValue()).map((change) => ({
        ...STATUS,
        user: { ...user, extra: { ...extra, ...change } },
      })),
    );
    await fc.assert(
      fc.asyncProperty(status, async (given) => {
        const result = await answering(given).catch((thrown: unknown) => thrown);
        if (!(result instanceof Fault)) expect(result).toHaveProperty('kind', 'attested');
      }),
    );
  });
});
