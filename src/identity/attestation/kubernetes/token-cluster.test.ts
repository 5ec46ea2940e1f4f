import { generateKeyPairSync } from 'node:crypto';
import { afterEach, describe, expect, it, vi } from 'vitest';
import { createLog } from '../../../base/log.ts';
import { attestToken, TokenCluster, type TokenClusterParts } from './index.ts';
import { AUDIENCE, claimsAt, ISSUER, JWKS, tokenOf } from './testing/cluster.ts';

const LIMITS = { clockSkewSeconds: 60, maxLifetimeSeconds: 86_400 };
const START = Date.UTC(2027, 0, 1);

const open: TokenCluster[] = [];
afterEach(() => {
  for (const cluster of open.splice(0)) cluster.close();
});

/** A cluster whose answers can be changed, with what it was asked. */
function setUp(more: Partial<TokenClusterParts> = {}) {
  const served = {
    now: START,
    jwks: JWKS as unknown,
    issuer: { issuer: ISSUER, jwks_uri: 'https://elsewhere.example/keys' } as unknown,
    review: {} as unknown,
    asked: [] as string[],
    posted: [] as unknown[],
  };
  const answer = (value: unknown) => {
    if (value instanceof Error) throw value;
    return value;
  };
  const cluster = new TokenCluster({
    name: null,
    audience: AUDIENCE,
    verifiedBy: 'keys',
    clock: () => served.now,
    log: createLog('silent'),
    api: {
      get: async (path) => {
        served.asked.push(path);
        return answer(path === '/openid/v1/jwks' ? served.jwks : served.issuer);
      },
      post: async (path, body) => {
        served.asked.push(path);
        served.posted.push(body);
        return answer(served.review);
      },
    },
    ...more,
  });
  open.push(cluster);
  const attest = (token: string) => {
    const known = cluster.cluster;
    return attestToken(
      { token },
      known ? [known] : [],
      LIMITS,
      served.now,
      new AbortController().signal,
    );
  };
  return { served, cluster, attest };
}

describe('a cluster whose tokens are taken', () => {
  it('says its issuer and its keys itself; no address that it names is asked', async () => {
    const { served, cluster, attest } = setUp();
    expect(cluster.cluster).toBe(undefined);
    await cluster.start();
    expect(served.asked).toEqual(['/.well-known/openid-configuration', '/openid/v1/jwks']);
    expect(await attest(tokenOf(claimsAt(START)))).toMatchObject({ kind: 'attested' });
  });

  it('is asked for its keys again when a token names one that is not known, but not for each', async () => {
    const { served, cluster, attest } = setUp({ issuer: ISSUER });
    await cluster.start();
    const pair = generateKeyPairSync('ec', { namedCurve: 'P-256' });
    const token = tokenOf(claimsAt(START), { kid: 'next', alg: 'ES256' }, pair.privateKey);
    const jwk = { ...pair.publicKey.export({ format: 'jwk' }), kid: 'next' };
    served.jwks = { keys: [...JWKS.keys, jwk] };
    await expect(attest(token)).rejects.toThrow('the cluster has no key `next`');
    expect(served.asked).toHaveLength(1);
    served.now += 10_000;
    const both = await Promise.all([attest(token), attest(token)]);
    expect(both).toMatchObject([{ kind: 'attested' }, { kind: 'attested' }]);
    expect(served.asked).toHaveLength(2);
    served.now += 60_000;
    const unknown = tokenOf(claimsAt(served.now), { kid: 'never', alg: 'ES256' }, pair.privateKey);
    for (let attempt = 0; attempt < 5; attempt++) {
      await expect(attest(unknown)).rejects.toThrow('has no key `never`');
    }
    expect(served.asked).toHaveLength(3);
  });

  it('that is away is no reason to refuse for ever', async () => {
    const { served, cluster, attest } = setUp({ issuer: ISSUER });
    served.jwks = new Error('connection refused');
    await cluster.start();
    served.now += 10_000;
    await expect(attest(tokenOf(claimsAt(served.now)))).rejects.toMatchObject({
      code: 'identity/attestation-unavailable/cluster-keys',
      message: 'the keys of the cluster cannot be read: `connection refused`',
    });
    served.jwks = JWKS;
    served.now += 10_000;
    expect(await attest(tokenOf(claimsAt(served.now)))).toMatchObject({ kind: 'attested' });
  });

  it('keeps its keys while it is away', async () => {
    const { served, cluster, attest } = setUp({ everyMs: 5 });
    await cluster.start();
    served.jwks = new Error('connection refused');
    await vi.waitUntil(() => served.asked.length > 2);
    expect(await attest(tokenOf(claimsAt(START)))).toMatchObject({ kind: 'attested' });
  });

  it.each<[string, unknown]>([
    ['no document', undefined],
    ['no issuer', {}],
    ['an issuer that is no text', { issuer: {} }],
    ['an issuer without end', { issuer: 'x'.repeat(3_000) }],
  ])('that gives %s is none', async (_, document) => {
    const { served, cluster, attest } = setUp();
    served.issuer = document;
    await cluster.start();
    expect(cluster.cluster).toBe(undefined);
    await expect(attest(tokenOf(claimsAt(START)))).rejects.toThrow(
      'no cluster here has the issuer',
    );
  });

  it('judges each token itself, where that is wanted', async () => {
    const { served, cluster, attest } = setUp({ verifiedBy: 'review' });
    served.review = {
      status: {
        authenticated: true,
        audiences: [AUDIENCE],
        user: {
          username: 'system:serviceaccount:shop:orders',
          extra: {
            'authentication.kubernetes.io/pod-name': ['orders-1'],
            'authentication.kubernetes.io/pod-uid': ['2c48913c-b29f-11e7-9350-020968147796'],
          },
        },
      },
    };
    await cluster.start();
    const token = tokenOf(claimsAt(START));
    expect((await attest(token)).selectors).toContain('k8s:sa:orders');
    expect(served.asked).toEqual([
      '/.well-known/openid-configuration',
      '/apis/authentication.k8s.io/v1/tokenreviews',
    ]);
    expect(served.posted).toEqual([
      {
        apiVersion: 'authentication.k8s.io/v1',
        kind: 'TokenReview',
        spec: { token, audiences: [AUDIENCE] },
      },
    ]);
    served.review = new Error('away');
    await expect(attest(token)).rejects.toMatchObject({
      code: 'identity/attestation-unavailable/token-review',
    });
  });
});
