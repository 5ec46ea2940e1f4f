import { createHmac, generateKeyPairSync } from 'node:crypto';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { Fault } from '../../../base/fault.ts';
import { attestToken, type Cluster, readClusterKeys, type TokenEvidence } from './index.ts';
import { AUDIENCE, CLUSTER, claimsAt, ISSUER, JWKS, part, tokenOf } from './testing/cluster.ts';

const NOW = Date.UTC(2027, 0, 1);
const SECONDS = NOW / 1_000;
const LIMITS = { clockSkewSeconds: 60, maxLifetimeSeconds: 86_400 };
const POD_UID = '2c48913c-b29f-11e7-9350-020968147796';
const GOOD = claimsAt(NOW);
const BOUND = GOOD['kubernetes.io'];

const attest = (evidence: TokenEvidence, clusters: readonly Cluster[] = [CLUSTER], now = NOW) =>
  attestToken(evidence, clusters, LIMITS, now, new AbortController().signal);
/** A good token with something said otherwise. */
const changed = (change: Record<string, unknown>) => tokenOf({ ...GOOD, ...change });
const bound = (change: Record<string, unknown>) =>
  changed({ 'kubernetes.io': { ...BOUND, ...change } });

describe('a projected service account token', () => {
  const selectors = [
    'k8s:node-name:node-1',
    'k8s:ns:shop',
    'k8s:pod-name:orders-7d4b9c6f5d-x2x9z',
    `k8s:pod-uid:${POD_UID}`,
    'k8s:sa:orders',
  ];

  it.each<[string, TokenEvidence, readonly string[]]>([
    ['of RS256', { token: tokenOf(GOOD) }, selectors],
    ['of ES256', { token: tokenOf(GOOD, { kid: 'ec' }) }, selectors],
    ['of the pod that bears it', { token: tokenOf(GOOD), podUid: POD_UID }, selectors],
    ['of one audience among others', { token: changed({ aud: ['a', AUDIENCE] }) }, selectors],
    ['whose audience is no list', { token: changed({ aud: AUDIENCE }) }, selectors],
    ['of a cluster that tells no node', { token: bound({ node: undefined }) }, selectors.slice(1)],
    ['without nbf', { token: changed({ nbf: undefined }) }, selectors],
    ['that ended a minute ago', { token: changed({ exp: SECONDS - 59 }) }, selectors],
    ['of a clock a minute ahead', { token: tokenOf(claimsAt(NOW + 60_000)) }, selectors],
  ])('%s shows a pod and its account', async (_, evidence, want) => {
    expect(await attest(evidence)).toMatchObject({ kind: 'attested', selectors: want, notes: [] });
  });

  it('of one cluster among several shows which', async () => {
    const keys = generateKeyPairSync('ec', { namedCurve: 'P-256' });
    const jwk = { ...keys.publicKey.export({ format: 'jwk' }), kid: 'ec' };
    const west = {
      ...CLUSTER,
      name: 'west',
      issuer: 'https://west',
      by: readClusterKeys({ keys: [jwk] }),
    };
    const token = tokenOf({ ...GOOD, iss: 'https://west' }, { kid: 'ec' }, keys.privateKey);
    const shown = await attest({ token }, [{ ...CLUSTER, name: 'east' }, west]);
    expect(shown.selectors).toContain('k8s:cluster:west');
    const posed = tokenOf({ ...GOOD, iss: 'https://west' }, { kid: 'ec' });
    await expect(attest({ token: posed }, [CLUSTER, west])).rejects.toMatchObject({
      code: 'identity/attestation-forbidden/token-signature',
    });
  });

  const [head = '', body = '', signature = ''] = tokenOf(GOOD).split('.');
  const foreign = generateKeyPairSync('rsa', { modulusLength: 2_048 });
  const publicPem = JSON.stringify(JWKS.keys[0]);
  const hs256 = `${part({ alg: 'HS256', kid: 'rsa' })}.${body}`;
  const hmac = createHmac('sha256', publicPem).update(hs256).digest('base64url');

  it.each<[string, string, string]>([
    ['an empty text', '', 'token-malformed'],
    ['a text without dots', 'abc', 'token-malformed'],
    ['two parts', `${head}.${body}`, 'token-malformed'],
    ['four parts', `${head}.${body}.${signature}.x`, 'token-malformed'],
    ['five parts, as if encrypted', `${head}.${body}.x.x.x`, 'token-malformed'],
    ['padding', `${head}.${body}.${signature}==`, 'token-malformed'],
    ['a space', `${head}.${body}.${signature} `, 'token-malformed'],
    ['the other alphabet of base64', `${head}.${body}.+/`, 'token-malformed'],
    ['16,385 characters', `${head}.${body}.${'A'.repeat(16_385)}`, 'token-malformed'],
    ['a header that is no JSON', `${part('{')}.${body}.${signature}`, 'token-malformed'],
    ['a header that is a list', `${part([])}.${body}.${signature}`, 'token-malformed'],
    [
      'a header of broken UTF-8',
      `${Buffer.from([0xff]).toString('base64url')}.${body}.x1`,
      'token-malformed',
    ],
    ['a payload that is no JSON', `${head}.${part('x')}.${signature}`, 'token-malformed'],
    ['a payload that is null', `${head}.${part('null')}.${signature}`, 'token-malformed'],
    ['no algorithm', `${part({ kid: 'rsa' })}.${body}.${signature}`, 'token-algorithm'],
    ['alg none', `${part({ alg: 'none', kid: 'rsa' })}.${body}.${signature}`, 'token-algorithm'],
    ['alg None', `${part({ alg: 'None', kid: 'rsa' })}.${body}.${signature}`, 'token-algorithm'],
    ['the public key for a secret', `${hs256}.${hmac}`, 'token-algorithm'],
    ['RS512', tokenOf(GOOD, { alg: 'RS512' }), 'token-algorithm'],
    ["another kind of key's algorithm", tokenOf(GOOD, { alg: 'ES256' }), 'token-algorithm'],
    ['a list for its algorithm', tokenOf(GOOD, { alg: ['RS256'] }), 'token-algorithm'],
    ['a critical header', tokenOf(GOOD, { crit: ['b64'] }), 'token-malformed'],
    ['no key', tokenOf(GOOD, { kid: undefined }), 'token-key'],
    ['an unknown key', tokenOf(GOOD, { kid: 'old' }), 'token-key'],
    ['a key that every object has', tokenOf(GOOD, { kid: '__proto__' }), 'token-key'],
    [
      'a key in its header',
      tokenOf(
        GOOD,
        { kid: 'x', jwk: foreign.publicKey.export({ format: 'jwk' }) },
        foreign.privateKey,
      ),
      'token-key',
    ],
    ["another's signature", tokenOf(GOOD, {}, foreign.privateKey), 'token-signature'],
    [
      "another token's signature",
      `${head}.${part({ ...GOOD, jti: 'x' })}.${signature}`,
      'token-signature',
    ],
    [
      'a cut signature',
      `${head}.${body}.${Buffer.from(signature, 'base64url').subarray(0, -4).toString('base64url')}`,
      'token-signature',
    ],
    [
      'a name that stands there twice',
      tokenOf(JSON.stringify(GOOD).replace('{', '{"iss":"https://another",')),
      'token-malformed',
    ],
    ['a part with bits left over', `${head}.${body}.${signature.slice(0, -1)}B`, 'token-malformed'],
    [
      'the beginning of a DER signature',
      `${tokenOf(GOOD, { kid: 'ec' }).split('.').slice(0, 2).join('.')}.MEUCIQ`,
      'token-signature',
    ],
    ['another issuer', changed({ iss: `${ISSUER}/` }), 'token-issuer'],
    ['no issuer', changed({ iss: undefined }), 'token-issuer'],
    ['a list of issuers', changed({ iss: [ISSUER] }), 'token-issuer'],
    ['another audience', changed({ aud: ['https://kubernetes.default.svc'] }), 'token-audience'],
    ['an audience that begins alike', changed({ aud: [`${AUDIENCE}2`] }), 'token-audience'],
    ['no audience', changed({ aud: undefined }), 'token-audience'],
    ['nobody for its audience', changed({ aud: [] }), 'token-audience'],
    ['an end a minute and more ago', changed({ exp: SECONDS - 60 }), 'token-expired'],
    ['no end', changed({ exp: undefined }), 'token-malformed'],
    ['a text for its end', changed({ exp: `${SECONDS + 60}` }), 'token-malformed'],
    [
      'an end that is no number',
      tokenOf(JSON.stringify(GOOD).replace(/"exp":\d+/, '"exp":1e999')),
      'token-malformed',
    ],
    ['an end before time began', changed({ exp: -1 }), 'token-malformed'],
    ['a year for its lifetime', changed({ exp: SECONDS + 31_536_000 }), 'token-lifetime'],
    ['no time of issue', changed({ iat: undefined }), 'token-malformed'],
    ['a beginning in two minutes', changed({ nbf: SECONDS + 120 }), 'token-early'],
    ['an issue in two minutes', changed({ iat: SECONDS + 120 }), 'token-early'],
    ['nothing of Kubernetes', changed({ 'kubernetes.io': undefined }), 'token-malformed'],
    ['no namespace', bound({ namespace: undefined }), 'token-malformed'],
    ['a namespace with a colon', bound({ namespace: 'shop:x' }), 'token-malformed'],
    ['a namespace of 254 characters', bound({ namespace: 'x'.repeat(254) }), 'token-malformed'],
    ['no account', bound({ serviceaccount: {} }), 'token-malformed'],
    [
      'a subject of another account',
      changed({ sub: 'system:serviceaccount:shop:payments' }),
      'token-malformed',
    ],
    ['a user for its subject', changed({ sub: 'admin' }), 'token-malformed'],
    ['no pod, as of a Secret', bound({ pod: undefined }), 'token-unbound'],
    ['a pod without a uid', bound({ pod: { name: 'a' } }), 'token-malformed'],
    [
      'a pod with a name of two lines',
      bound({ pod: { name: 'a\nb', uid: POD_UID } }),
      'token-malformed',
    ],
    ['a node without a name', bound({ node: {} }), 'token-malformed'],
  ])('with %s is refused', async (_, token, reason) => {
    const refused = await attest({ token }).catch((thrown: unknown) => thrown);
    expect(refused).toBeInstanceOf(Fault);
    expect(refused).toMatchObject({ code: `identity/attestation-forbidden/${reason}` });
    // What was presented may be a secret of another kind.
    expect((refused as Fault).message).not.toContain(signature.slice(0, 20));
  });

  it('with alg none is told what is taken', async () => {
    const token = `${part({ alg: 'none', kid: 'rsa' })}.${body}.${signature}`;
    await expect(attest({ token })).rejects.toThrow(
      'the token is signed with `none`; RS256 and ES256 are taken',
    );
  });

  it('of another pod than the bearer is refused', async () => {
    const podUid = '11111111-b29f-11e7-9350-020968147796';
    await expect(attest({ token: tokenOf(GOOD), podUid })).rejects.toMatchObject({
      code: 'identity/attestation-forbidden/token-pod',
    });
  });

  it('of any text is attested or a Fault', async () => {
    const json = fc.jsonValue().map(part);
    const text = fc.oneof(
      fc.string({ unit: 'binary' }),
      fc.tuple(json, json, fc.base64String()).map((parts) => parts.join('.')),
      fc.jsonValue().map((value) => tokenOf(value)),
      fc.dictionary(fc.constantFrom(...Object.keys(GOOD)), fc.jsonValue()).map(changed),
      fc.dictionary(fc.constantFrom(...Object.keys(BOUND)), fc.jsonValue()).map(bound),
    );
    await fc.assert(
      fc.asyncProperty(text, async (token) => {
        const result = await attest({ token }).catch((thrown: unknown) => thrown);
        if (result instanceof Fault) expect(result.message.length).toBeLessThan(400);
        else expect(result).toHaveProperty('kind', 'attested');
      }),
    );
  });
});

describe('the keys of a cluster', () => {
  const [rsa, ec] = JWKS.keys;
  const small = generateKeyPairSync('rsa', { modulusLength: 1_024 }).publicKey.export({
    format: 'jwk',
  });
  const wide = generateKeyPairSync('ec', { namedCurve: 'P-384' }).publicKey.export({
    format: 'jwk',
  });

  it.each<[string, unknown, readonly string[]]>([
    ['all that fit', JWKS, ['rsa', 'ec']],
    ['those without use and alg', { keys: [{ ...ec, use: undefined, alg: undefined }] }, ['ec']],
    ['none that encrypt', { keys: [rsa, { ...ec, use: 'enc' }] }, ['rsa']],
    ['none of another algorithm', { keys: [ec, { ...rsa, alg: 'PS256' }] }, ['ec']],
    ['none that are short', { keys: [ec, { ...small, kid: 'small' }] }, ['ec']],
    ['none of another curve', { keys: [rsa, { ...wide, kid: 'wide' }] }, ['rsa']],
    [
      'none of another kind',
      { keys: [ec, { kty: 'oct', k: 'AAAA', kid: 'oct' }, null, 7] },
      ['ec'],
    ],
    ['none without a name', { keys: [ec, { ...rsa, kid: undefined }] }, ['ec']],
  ])('are %s', (_, jwks, names) => {
    expect([...readClusterKeys(jwks).keys()]).toEqual(names);
  });

  it.each<[string, unknown, string]>([
    ['nothing', undefined, 'no list of keys'],
    ['no list', { keys: {} }, 'no list of keys'],
    ['an empty list', { keys: [] }, 'no key of it is for RS256'],
    ['two of one name', { keys: [ec, ec] }, 'two keys are called `ec`'],
    ['a broken one', { keys: [{ ...ec, x: 'AA' }] }, 'its key `ec` cannot be read'],
    ['a hundred and one', { keys: Array.from({ length: 101 }, () => ec) }, 'more than 100 keys'],
  ])('are not %s', (_, jwks, why) => {
    expect(() => readClusterKeys(jwks)).toThrow(
      expect.objectContaining({
        code: 'identity/cluster-keys-malformed',
        message: expect.stringContaining(why),
      }),
    );
  });
});
