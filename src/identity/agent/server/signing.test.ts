import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { Entry } from '../../registration/index.ts';
import { parseSpiffeId } from '../../spiffe/index.ts';
import { readCertificate } from '../../x509/index.ts';
import { pathOf, readMessage, writeMessage } from '../protocol/index.ts';
import { Caller, csrOf, newKey } from '../testing/caller.ts';
import { ServerRig } from '../testing/server.ts';

const AGENT = 'spiffe://example.org/reeve/agent/node-1';
const OTHER = 'spiffe://example.org/reeve/agent/node-2';
const ORDERS = 'spiffe://example.org/ns/shop/sa/orders';
const SELECTORS = ['unix:uid:1000'];

let server: ServerRig;
let caller: Caller;
let agent: Awaited<ReturnType<Caller['agent']>>;
beforeEach(async () => {
  server = await ServerRig.start({
    agents: {
      limits: [
        { agents: 'edge-*', allow: ['/ns/shop', '/ns/bank/sa/cards/'] },
        { agents: 'none', allow: [] },
      ],
    },
  });
  caller = new Caller(server);
  agent = await caller.agent('node-1');
});
afterEach(async () => {
  caller.close();
  await server.close();
});

const signX509 = async (entryId: string, csr = csrOf(newKey()), by = agent) => {
  const request = writeMessage('SignX509Request', { entry_id: entryId, csr });
  return readMessage('SignX509Response', await by.client.unary(pathOf('SignX509'), request));
};
const signJwt = async (entryId: string, audience: readonly string[], by = agent) => {
  const request = writeMessage('SignJwtRequest', { entry_id: entryId, audience });
  return readMessage('SignJwtResponse', await by.client.unary(pathOf('SignJwt'), request));
};

describe('an agent', () => {
  it('has an X.509-SVID issued for the key of the request, with the names of the entry', async () => {
    const entry = server.register({
      spiffeId: ORDERS,
      dnsNames: ['orders.shop'],
      service: 'a/b/c',
    });
    const key = newKey();
    const csr = csrOf(key, { id: parseSpiffeId(ORDERS) });
    const { chain, expires_at: expiresAt } = await signX509(entry.id, csr);
    const leaf = readCertificate(chain[0] ?? Buffer.alloc(0));
    expect(leaf.extensions.names).toMatchObject({ uris: [ORDERS], dnsNames: ['orders.shop'] });
    expect(leaf.notAfter).toBe(expiresAt);
    expect(csr.includes(leaf.publicKey.spki)).toBe(true);
    expect(server.log.at(-1)).toMatchObject({
      action: 'identity.issue',
      subject: ORDERS,
      actor: AGENT,
      reason: `entry ${entry.id}`,
      detail: { kind: 'x509', service: 'a/b/c' },
    });
  });

  it('has a JWT-SVID issued for its audience', async () => {
    const entry = server.register({ spiffeId: ORDERS, jwtTtlSeconds: 60 });
    const { token, issued_at, expires_at } = await signJwt(entry.id, ['payments']);
    const claims = JSON.parse(Buffer.from(token.split('.')[1] ?? '', 'base64url').toString());
    expect(claims).toMatchObject({ sub: ORDERS, aud: ['payments'] });
    expect(expires_at - issued_at).toBe(60_000);
    expect(server.log.at(-1)).toMatchObject({ action: 'identity.issue', actor: AGENT });
  });

  it.each<[string, () => Entry, RegExp]>([
    ['of another agent', () => server.register({ parent: OTHER }), /handed out only by \S+node-2/],
    [
      'that has expired',
      () => {
        const entry = server.register({ expiresAt: new Date(Date.now() + 1_000).toISOString() });
        const over = { ...entry, expiresAt: new Date(Date.now() - 1_000).toISOString() };
        server.index.set(over);
        return over;
      },
      /has expired/,
    ],
    [
      'that there is not',
      () => {
        const entry = server.register({});
        server.remove(entry);
        return entry;
      },
      /no such entry/,
    ],
  ])('is refused an entry %s, and that is audited', async (_, make, words) => {
    const entry = make();
    for (const call of [signX509(entry.id), signJwt(entry.id, ['a'])]) {
      await expect(call).rejects.toThrow(expect.objectContaining({ code: 'peer/forbidden' }));
      await expect(call).rejects.toThrow(words);
    }
    expect(server.audited).toMatchObject([
      { action: 'identity.refuse', actor: AGENT, detail: { kind: 'x509' } },
      {
        action: 'identity.refuse',
        actor: AGENT,
        detail: { code: 'identity/entry-forbidden/agent' },
      },
    ]);
  });

  it("is given what is its own, and nobody else's", async () => {
    const own = server.register({ parent: AGENT });
    expect((await signX509(own.id)).chain.length).toBe(1);
    const other = await caller.agent('node-2');
    await expect(signX509(own.id, csrOf(newKey()), other)).rejects.toThrow(/only by \S+node-1/);
  });

  it.each([
    ['edge-1', '/ns/shop/sa/orders', true],
    ['edge-1', '/ns/shopping/sa/orders', false],
    ['edge-1', '/ns/bank/sa/cards', true],
    ['edge-1', '/ns/bank/sa/accounts', false],
    ['none', '/ns/shop/sa/orders', false],
    ['node-3', '/ns/bank/sa/accounts', true],
  ])('that is limited is held to it: %s and %s', async (name, path, isGiven) => {
    const entry = server.register({
      spiffeId: `spiffe://example.org${path}`,
      selectors: SELECTORS,
    });
    const limited = await caller.agent(name);
    const call = signX509(entry.id, csrOf(newKey()), limited);
    if (isGiven) expect((await call).chain.length).toBe(1);
    else await expect(call).rejects.toThrow(/outside of what this agent may hand out/);
  });

  it.each<[string, string, () => Buffer]>([
    [
      'names another workload',
      'other-id',
      () => csrOf(newKey(), { id: parseSpiffeId('spiffe://example.org/ns/shop/sa/payments') }),
    ],
    ['has a key on another curve', 'key-unsupported', () => csrOf(newKey('P-521'))],
    [
      'is signed with another key',
      'signature',
      () => {
        const csr = csrOf(newKey());
        csr.writeUInt8(csr.readUInt8(csr.length - 1) ^ 1, csr.length - 1);
        return csr;
      },
    ],
    ['is cut off', '', () => csrOf(newKey()).subarray(0, 40)],
  ])('is refused a request that %s', async (_, reason, make) => {
    const entry = server.register({ spiffeId: ORDERS });
    await expect(signX509(entry.id, make())).rejects.toThrow(
      expect.objectContaining({ code: 'peer/invalid' }),
    );
    const [refusal] = server.audited;
    expect(refusal).toMatchObject({ subject: ORDERS, actor: AGENT });
    expect(JSON.stringify(refusal?.detail)).toContain(reason);
  });

  it.each([[[]], [['']], [Array.from({ length: 17 }, (_, at) => `a${at}`)], [['x'.repeat(1_025)]]])(
    'is refused these audiences: %#',
    async (audience) => {
      const entry = server.register({ spiffeId: ORDERS });
      await expect(signJwt(entry.id, audience)).rejects.toThrow(/1 to 16 audiences/);
      expect(server.audited.length).toBe(1);
    },
  );
});
