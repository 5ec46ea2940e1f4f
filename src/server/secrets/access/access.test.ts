import { randomFillSync } from 'node:crypto';
import { connect } from 'node:tls';
import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { parseSpiffeId } from '../../../identity/spiffe/index.ts';
import {
  createSvidIssuer,
  judgeLeaf,
  readCertificate,
  toPem,
} from '../../../identity/x509/index.ts';
import { testAuthority } from '../../../identity/x509/testing/authority.ts';
import { ecKey } from '../../../identity/x509/testing/keys.ts';
import { valueBox } from '../../../secrets/rotation/testing/world.ts';
import { type ClientKey, ORDERS, PAYMENTS, startWorld, type World } from './testing/world.ts';

let world: World;
let orders: ReturnType<World['agent']>;
beforeAll(async () => {
  world = await startWorld({ values: valueBox() });
  const value = { username: 'orders', password: 'first-value' };
  await world.keeping.create({ name: 'db', service: ORDERS, kind: 'postgres', value }, world.by);
  const api = { name: 'api', service: PAYMENTS, kind: 'api-key', value: { value: 'key' } };
  await world.keeping.create(api, world.by);
  orders = world.agent(await world.svid(ORDERS));
});
afterAll(() => world?.close());

const DB = '/v1/secrets/db';

describe('a workload that shows its X.509-SVID', () => {
  it('reads its secret, and that stands in the audit log', async () => {
    const { status, body, headers } = await world.ask(orders, DB);
    expect([status, body]).toEqual([
      200,
      {
        ...{ secret: `${ORDERS}/db`, version: 1, expiresAt: null, previous: null },
        value: { username: 'orders', password: 'first-value' },
      },
    ]);
    expect(headers).toMatchObject({ 'cache-control': 'no-store' });
    expect((await world.audited('secret.read'))[0]).toMatchObject({
      ...{ actor: 'spiffe://example.org/ns/shop/sa/orders', subject: `${ORDERS}/db` },
      detail: { version: '1', label: 'current' },
    });
  });

  it('reads what another has as soon as its owner says so', async () => {
    const path = '/v1/secrets/api?service=payments';
    expect(await world.ask(orders, path)).toMatchObject({
      ...{ status: 403, body: { code: 'secrets/read-forbidden/not-consumer' } },
    });
    await world.keeping.edit(`${PAYMENTS}/api`, { consumers: [ORDERS] }, world.by);
    expect(await world.ask(orders, path)).toMatchObject({
      ...{ status: 200, body: { value: { value: 'key' } } },
    });
  });

  it('gets nothing that it does not declare, and that stands in the audit log', async () => {
    for (let time = 0; time < 5; time++) {
      expect(await world.ask(orders, '/v1/secrets/other')).toMatchObject({
        ...{ status: 403, body: { code: 'secrets/read-forbidden/undeclared' } },
      });
    }
    const denied = async () =>
      (await world.audited('secret.deny')).filter(({ subject }) => subject === `${ORDERS}/other`);
    await expect.poll(denied).toHaveLength(1);
  });

  it.each([
    ['/v1/secrets/db?label=previous', 404, 'secrets/version-not-found'],
    ['/v1/secrets/db?version=9', 404, 'secrets/version-not-found'],
    ['/v1/secrets/db?label=old', 400, 'secrets/request-malformed'],
    ['/v1/secrets/db?version=1&label=current', 400, 'secrets/request-malformed'],
    ['/v1/secrets/db?version=1&version=2', 400, 'secrets/request-malformed'],
    ['/v1/secrets/db?what=1', 400, 'secrets/request-malformed'],
    ['/v1/secrets/%2e%2e', 400, 'secrets/request-malformed'],
    [`/v1/secrets/db?service=${'x'.repeat(3_000)}`, 400, 'secrets/request-malformed'],
    ['/v1/secrets/db?service=staging/shop/orders', 403, 'secrets/read-forbidden/environment'],
    ['/v1/secrets', 404, 'secrets/route-not-found'],
    ['/', 404, 'secrets/route-not-found'],
  ])('that asks %s is answered %i %s', async (path, status, code) => {
    expect(await world.ask(orders, path)).toMatchObject({ status, body: { code, status } });
  });

  it('is told of a new version within its watch', async () => {
    const secrets = [{ name: 'db', version: 1 }];
    const news = world.ask(orders, '/v1/secrets:watch', { secrets });
    await world.keeping.put(`${ORDERS}/db`, { username: 'orders', password: 'second' }, world.by);
    expect(await news).toMatchObject({
      status: 200,
      body: { secrets: [{ name: 'db', version: 2, expiresAt: null, previous: { version: 1 } }] },
    });
    expect((await world.ask(orders, DB)).body.value.password).toBe('second');
    expect((await world.ask(orders, `${DB}?label=previous`)).body.value.password).toBe(
      'first-value',
    );
  });

  it('hears nothing where nothing happens', async () => {
    const secrets = [{ name: 'db', version: 2 }];
    const asked = { secrets, waitSeconds: 0 };
    expect(await world.ask(orders, '/v1/secrets:watch', asked)).toMatchObject({
      ...{ status: 200, body: { secrets: [] } },
    });
  });

  it.each([
    ['no list', {}, 400],
    ['too many', { secrets: Array(101).fill({ name: 'db', version: 1 }) }, 400],
    ['no JSON', '{', 400],
    ['a value', { secrets: [{ name: 'db', version: 1, value: 'x' }] }, 400],
    ['a body that is too long', 'x'.repeat(100_000), 413],
  ])('that watches with %s is refused', async (_, body, status) => {
    expect((await world.ask(orders, '/v1/secrets:watch', body)).status).toBe(status);
  });
});

describe('a workload that shows its JWT-SVID', () => {
  const bearer = (token: string) => ({ headers: { authorization: `Bearer ${token}` } });
  const tokenFor = async (audience: string) => {
    const entry = await world.register(ORDERS);
    const { token } = await world.identity.supply.issueJwtFor({ entry, by: world.by }, [audience]);
    return token;
  };

  it('reads its secret', async () => {
    const more = bearer(await tokenFor(world.access.spiffeId));
    const agent = world.agent();
    expect(await world.ask(agent, DB, undefined, more)).toMatchObject({ status: 200 });
    expect(await world.ask(agent, DB, undefined, more)).toMatchObject({ status: 200 });
  });

  it.each([
    ['for somebody else', () => tokenFor('spiffe://example.org/other'), 'other-audience'],
    [
      'that was edited',
      async () => `${(await tokenFor(world.access.spiffeId)).slice(0, -6)}AAAAAA`,
      'signature',
    ],
    ['that is none', async () => 'token', ''],
  ])('is refused with a token %s', async (_, make, reason) => {
    const answer = await world.ask(world.agent(), DB, undefined, bearer(await make()));
    expect(answer).toMatchObject({
      ...{ status: 401, headers: { 'www-authenticate': 'Bearer realm="reeve"' } },
      body: { code: expect.stringContaining(`secrets/unauthenticated/${reason}`) },
    });
  });

  it('is refused where its certificate is that of another', async () => {
    const agent = world.agent(await world.svid(PAYMENTS));
    const more = bearer(await tokenFor(world.access.spiffeId));
    expect(await world.ask(agent, DB, undefined, more)).toMatchObject({
      ...{ status: 401, body: { code: 'secrets/unauthenticated/contradiction' } },
    });
  });
});

describe('whoever proves nothing', () => {
  /** What somebody else has signed, for any identity. */
  const forged = (spiffeId: string): ClientKey => {
    const authority = testAuthority(parseSpiffeId(spiffeId).trustDomain, {
      ...{ notBefore: Date.now() - 60_000, notAfter: Date.now() + 3_600_000 },
    });
    const { spki: publicKey, privateKey } = ecKey();
    const issue = createSvidIssuer(authority, randomFillSync);
    const wish = { id: parseSpiffeId(spiffeId), publicKey, ttlSeconds: 600 };
    const { certificate } = issue(wish, Date.now());
    const key = privateKey.export({ format: 'pem', type: 'pkcs8' }).toString();
    return { cert: toPem('CERTIFICATE', certificate, authority.certificate.der), key };
  };

  it.each<[string, () => ClientKey | undefined, string]>([
    ['shows nothing', () => undefined, 'nothing-shown'],
    [
      'is of another trust domain',
      () => forged('spiffe://other.example/ns/shop/sa/orders'),
      'unknown-trust-domain',
    ],
    [
      'names itself as it likes',
      () => forged('spiffe://example.org/ns/shop/sa/orders'),
      'no-authority',
    ],
  ])('and %s is refused', async (_, make, reason) => {
    expect(await world.ask(world.agent(make()), DB)).toMatchObject({
      ...{ status: 401, body: { code: `secrets/unauthenticated/${reason}` } },
    });
    const denied = async () => (await world.audited('secret.deny')).map(({ detail }) => detail.why);
    await expect.poll(denied).toContain(`secrets/unauthenticated/${reason}`);
  });

  it('any more, since its SVID has expired, is refused on the connection that it has', async () => {
    expect(await world.ask(orders, DB)).toMatchObject({ status: 200 });
    world.judge.ahead = 7_200_000;
    const late = await world.ask(orders, DB);
    const fresh = await world.ask(world.agent(await world.svid(ORDERS)), DB);
    world.judge.ahead = 0;
    for (const { status, body } of [late, fresh]) {
      expect([status, body.code]).toEqual([401, 'secrets/unauthenticated/expired']);
    }
    expect(await world.ask(orders, DB)).toMatchObject({ status: 200 });
  });

  it('and sends half a request keeps nobody waiting', async () => {
    const socket = connect({ port: world.access.port, rejectUnauthorized: false });
    socket.on('error', () => {});
    socket.write('GET /v1/sec');
    expect(await world.ask(orders, DB)).toMatchObject({ status: 200 });
    socket.destroy();
  });
});

describe('an identity that is revoked', () => {
  it('reads nothing from that moment on, on the same connection, and its watch ends', async () => {
    const service = 'production/shop/leaver';
    const value = { value: 'x' };
    await world.keeping.create({ name: 'own', service, kind: 'api-key', value }, world.by);
    world.access.setKnown([
      { id: service, declaredSecrets: [{ name: 'own' }] },
      { id: ORDERS, declaredSecrets: [{ name: 'db' }] },
    ]);
    const agent = world.agent(await world.svid(service));
    expect(await world.ask(agent, '/v1/secrets/own')).toMatchObject({ status: 200 });
    const watch = world.ask(agent, '/v1/secrets:watch', { secrets: [{ name: 'own', version: 1 }] });
    await expect.poll(() => world.counts.get('read 200')).toBeGreaterThan(0);
    const spiffeId = 'spiffe://example.org/ns/shop/sa/leaver';
    const revoked = { spiffeId, mayReturn: false, why: 'keyCompromise' as const };
    await world.identity.keeper.revoke([revoked], world.by);
    expect(await watch).toMatchObject({ status: 403 });
    expect(await world.ask(agent, '/v1/secrets/own')).toMatchObject({
      ...{ status: 403, body: { code: 'secrets/read-forbidden/revoked' } },
    });
    const denied = async () =>
      (await world.audited('secret.deny')).filter(({ actor }) => actor === spiffeId);
    await expect.poll(async () => (await denied()).length).toBeGreaterThan(0);
  });
});

describe('a listener that was not told yet what services declare', () => {
  it('has who asks come back, and takes nothing away from who has it', async () => {
    const { port } = world.access;
    const start = await world.stop();
    await start({ isTold: false });
    const agent = world.agent(await world.svid(ORDERS));
    const early = { status: 503, body: { code: 'estate/unavailable' } };
    expect(world.access.port).toBe(port);
    expect(await world.ask(agent, DB)).toMatchObject(early);
    const watched = { secrets: [{ name: 'db', version: 1 }] };
    expect(await world.ask(agent, '/v1/secrets:watch', watched)).toMatchObject(early);
    world.tell();
    expect(await world.ask(agent, DB)).toMatchObject({ status: 200 });
  });
});

describe('the listener', () => {
  it('shows the SVID of the server', async () => {
    const socket = connect({ port: world.access.port, rejectUnauthorized: false });
    const certificate = await new Promise<Buffer>((resolve) =>
      socket.once('secureConnect', () => resolve(socket.getPeerCertificate().raw)),
    );
    socket.destroy();
    expect(judgeLeaf(readCertificate(certificate)).uri).toBe('spiffe://example.org/reeve/server');
  });

  it('answers any path and any body, and never with a value that was not asked for', async () => {
    const odd = fc.tuple(
      fc.string({ maxLength: 40 }).map((text) => `/v1/secrets${encodeURI(text).slice(0, 200)}`),
      fc.option(fc.oneof(fc.json(), fc.string({ maxLength: 40 })), { nil: undefined }),
    );
    await fc.assert(
      fc.asyncProperty(odd, async ([path, body]) => {
        const answer = await world.ask(orders, path, body);
        expect([400, 403, 404, 413]).toContain(answer.status);
        expect(JSON.stringify(answer.body)).not.toMatch(/first-value|second/);
      }),
      { numRuns: 60 },
    );
  });
});

describe('an identity that asks for more than it may', () => {
  it('is told when to come back, and others are served', async () => {
    const busy = await startWorld({
      values: valueBox(),
      config: { requestsPerSecond: 3, maxConnectionsPerIdentity: 2 },
    });
    try {
      const agent = busy.agent(await busy.svid(ORDERS), 1);
      const statuses = [];
      for (let time = 0; time < 20; time++) statuses.push((await busy.ask(agent, DB)).status);
      expect(statuses).toContain(429);
      const other = busy.agent(await busy.svid(PAYMENTS), 1);
      expect((await busy.ask(other, '/v1/secrets/api')).status).toBe(404);
      const wide = busy.agent(await busy.svid(PAYMENTS), 5);
      const all = await Promise.all([1, 2, 3, 4, 5].map(() => busy.ask(wide, '/v1/secrets/api')));
      expect(all.map(({ body }) => body.code)).toContain('secrets/connections-too-many');
    } finally {
      await busy.close();
    }
  });
});
