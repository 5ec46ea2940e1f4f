import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { Cluster } from '../../attestation/index.ts';
import { CLUSTER, claimsAt, tokenOf } from '../../attestation/kubernetes/testing/cluster.ts';
import { parseSpiffeId } from '../../spiffe/index.ts';
import { ecKey } from '../../x509/testing/keys.ts';
import { pathOf, writeMessage } from '../protocol/index.ts';
import { Caller, csrOf, newKey } from '../testing/caller.ts';
import { BY, ServerRig } from '../testing/server.ts';

const AGENT = 'spiffe://example.org/reeve/agent/node-1';
const NODE = 'spiffe://example.org/reeve/agent/k8s/prod/node-1';
const PROD: Cluster = { ...CLUSTER, name: 'prod' };
const AGENTS = [{ cluster: 'prod', namespace: 'reeve', serviceAccount: 'reeve-agent' }];

let server: ServerRig;
let caller: Caller;
beforeEach(() => start());
afterEach(async () => {
  caller.close();
  await server.close();
});

async function start(agents: object = {}): Promise<void> {
  server = await ServerRig.start({
    agents: { kubernetes: AGENTS, ...agents },
    clusters: [PROD],
  });
  caller = new Caller(server);
}

const refused = (meaning: string, words: string | RegExp) =>
  expect.objectContaining({
    code: `peer/${meaning}`,
    message:
      typeof words === 'string' ? expect.stringContaining(words) : expect.stringMatching(words),
  });

/** The reasons that the audit log has. */
const reasons = () =>
  server.log
    .filter(({ action }) => action === 'identity.refuse')
    .map(({ detail }) => String((detail as { code?: string }).code));

/** A token of an agent's pod, with some of it said otherwise. */
function accountToken(change: (claims: ReturnType<typeof agentClaims>) => object = (all) => all) {
  return tokenOf(change(agentClaims()));
}

function agentClaims() {
  const claims = claimsAt(Date.now());
  return {
    ...claims,
    sub: 'system:serviceaccount:reeve:reeve-agent',
    'kubernetes.io': {
      ...claims['kubernetes.io'],
      namespace: 'reeve',
      serviceaccount: { name: 'reeve-agent', uid: 'a7a1ab0c-4ec4-4c1e-b8ac-0d9e2b3f5d12' },
    },
  };
}

describe('a host that joins by a join token', () => {
  it('is the agent that the token says, with a chain and the bundle', async () => {
    const token = await server.token('node-1');
    const { answer } = await caller.attest({ join_token: token, host: 'node-1.example.org' });
    expect(answer.spiffe_id).toBe(AGENT);
    expect(answer.chain.length).toBe(1);
    expect(answer.expires_at).toBeGreaterThan(Date.now() + 3_600_000);
    expect(JSON.parse(answer.bundle.toString()).keys.length).toBeGreaterThan(0);
    expect(server.log).toContainEqual(
      expect.objectContaining({
        action: 'identity.issue',
        subject: AGENT,
        actor: AGENT,
        reason: 'joined from 127.0.0.1 (node-1.example.org) by a join token',
      }),
    );
    expect(server.events).toContainEqual(
      expect.objectContaining({ event: 'joined', agent: AGENT }),
    );
  });

  it('is refused the second time, and told when and by whom the first was', async () => {
    const token = await server.token('node-1');
    await caller.attest({ join_token: token, host: 'first' });
    const replay = caller.attest({ join_token: token, host: 'second' });
    await expect(replay).rejects.toThrow(
      refused(
        'forbidden',
        /the join token of \S+node-1 was used already, at 20\S+Z by .127.0.0.1 \(first\)/,
      ),
    );
    expect(reasons()).toEqual(['identity/attestation-forbidden/join-token-used']);
    expect(server.audited).toMatchObject([
      { actor: '127.0.0.1 (second)', subject: 'spiffe://example.org/reeve/agent' },
    ]);
    expect(JSON.stringify(server.log)).not.toContain(token);
  });

  it.each<[string, string, () => Promise<string> | string]>([
    ['that nobody made', 'join-token-unknown', () => `reeve_join_${'A'.repeat(43)}`],
    ['that is none', 'join-token-malformed', () => 'hello'],
    [
      'that has expired',
      'join-token-expired',
      async () => {
        const token = await server.token('node-1', 1);
        await new Promise((resolve) => setTimeout(resolve, 1_100));
        return token;
      },
    ],
  ])('with one %s is refused', async (_, reason, make) => {
    await expect(caller.attest({ join_token: await make() })).rejects.toThrow(
      expect.objectContaining({ code: 'peer/forbidden' }),
    );
    expect(reasons()).toEqual([`identity/attestation-forbidden/${reason}`]);
  });

  it.each<[string, string, () => Buffer]>([
    ['names an agent', 'agent-names', () => csrOf(newKey(), { id: parseSpiffeId(AGENT) })],
    ['has a subject', 'agent-names', () => csrOf(newKey(), { subject: { commonName: 'node-1' } })],
    ['has a key on another curve', 'key-unsupported', () => csrOf(newKey('P-521'))],
    ['is signed with another key', 'signature', () => csrOf(newKey(), { publicKey: ecKey().spki })],
    ['is too large', 'too-large', () => Buffer.alloc(17_000)],
  ])('with a request that %s is refused, and its token is not used up', async (_, reason, make) => {
    const token = await server.token('node-1');
    await expect(caller.attest({ join_token: token, csr: make() })).rejects.toThrow(
      expect.objectContaining({ code: 'peer/invalid' }),
    );
    expect(reasons()).toEqual([`identity/csr-invalid/${reason}`]);
    expect((await caller.attest({ join_token: token })).answer.spiffe_id).toBe(AGENT);
  });

  it('is refused bytes that are no request, and two proofs or none', async () => {
    await expect(caller.attest({ csr: Buffer.from('hello') })).rejects.toThrow(
      /not valid|DER|malformed/,
    );
    const both = { join_token: await server.token('node-1'), kubernetes_token: accountToken() };
    await expect(caller.attest(both)).rejects.toThrow(refused('invalid', 'one proof'));
    await expect(caller.attest({})).rejects.toThrow(refused('invalid', 'one proof'));
  });

  it('is refused for a minute when it fails too often, and the audit log is not filled', async () => {
    caller.close();
    await server.close();
    await start({ failuresPerMinute: 3 });
    const wrong = { join_token: `reeve_join_${'A'.repeat(43)}` };
    for (let tries = 0; tries < 5; tries++) await caller.attest(wrong).catch(() => {});
    const token = await server.token('node-1');
    await expect(caller.attest({ join_token: token })).rejects.toThrow(
      refused('too-many', 'More than 3 attempts'),
    );
    expect(reasons().length).toBe(3);
  });

  it('is refused where its agent is denied', async () => {
    const why = 'keyCompromise';
    await server.keeper.revoke([{ spiffeId: AGENT, mayReturn: false, why }], BY);
    const token = await server.token('node-1');
    await expect(caller.attest({ join_token: token })).rejects.toThrow(
      refused('forbidden', 'is denied'),
    );
    expect(reasons()).toEqual(['identity/svid-forbidden/denied']);
  });
});

describe('a host that joins by a service account token', () => {
  it('is the agent of its node, again and again', async () => {
    const token = accountToken();
    expect((await caller.attest({ kubernetes_token: token })).answer.spiffe_id).toBe(NODE);
    expect((await caller.attest({ kubernetes_token: token })).answer.spiffe_id).toBe(NODE);
  });

  it.each<[string, string, () => string]>([
    ['of another account', 'no-agent', () => tokenOf(claimsAt(Date.now()))],
    [
      'of another cluster',
      'token-issuer',
      () => accountToken((all) => ({ ...all, iss: 'https://evil' })),
    ],
    [
      'for another audience',
      'token-audience',
      () => accountToken((all) => ({ ...all, aud: ['api'] })),
    ],
    [
      'that has expired',
      'token-expired',
      () => accountToken((all) => ({ ...all, iat: 1, nbf: 1, exp: 9 })),
    ],
    [
      'of no node',
      'no-node',
      () =>
        accountToken((all) => ({
          ...all,
          'kubernetes.io': { ...all['kubernetes.io'], node: undefined },
        })),
    ],
    [
      'signed by somebody else',
      'token-signature',
      () => tokenOf(agentClaims(), { kid: 'ec' }, newKey()),
    ],
  ])('with one %s is refused', async (_, reason, make) => {
    await expect(caller.attest({ kubernetes_token: make() })).rejects.toThrow(
      expect.objectContaining({ code: 'peer/forbidden' }),
    );
    expect(reasons()).toEqual([`identity/attestation-forbidden/${reason}`]);
  });

  it.each([30, -30])('may have a clock that differs by %d seconds', async (seconds) => {
    const claims = agentClaims();
    const shifted = { iat: claims.iat + seconds, nbf: claims.nbf + seconds };
    const token = tokenOf({ ...claims, ...shifted });
    expect((await caller.attest({ kubernetes_token: token })).answer.spiffe_id).toBe(NODE);
  });
});

describe('an agent that renews its identity', () => {
  const RENEW = pathOf('Renew');

  it('gets another certificate for another key, and the same name', async () => {
    const { client, own } = await caller.agent('node-1');
    const csr = csrOf(newKey());
    const answer = await client.unary(RENEW, writeMessage('RenewRequest', { csr }));
    expect(answer.includes(AGENT)).toBe(true);
    expect(answer.includes(own.chain[0]!)).toBe(false);
  });

  it('is refused another name', async () => {
    const { client } = await caller.agent('node-1');
    const id = parseSpiffeId('spiffe://example.org/reeve/agent/node-2');
    const call = client.unary(
      RENEW,
      writeMessage('RenewRequest', { csr: csrOf(newKey(), { id }) }),
    );
    await expect(call).rejects.toThrow(refused('invalid', 'node-2'));
    expect(reasons()).toEqual(['identity/csr-invalid/other-id']);
    expect(server.audited).toMatchObject([{ subject: AGENT, actor: AGENT }]);
  });
});
