import { mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import {
  identityOf,
  MAIL,
  ORDERS,
  SHOP,
  serviceWith,
  WEB,
} from '../../../../src/authorization/enforcement/feed/testing/policies.ts';
import { Engine } from '../../../../src/authorization/engine/index.ts';
import { CedarJudge } from '../../../../src/authorization/guardrails/judge/index.ts';
import type { Guardrail, Policy } from '../../../../src/authorization/model/index.ts';
import { sampleEndpoint } from '../../../../src/authorization/testing/samples.ts';
import { TestWorkloadApi } from '../../../../test/support/sdk-workload-api.ts';
import type { Question } from '../decision.ts';
import {
  type Decided,
  type ReevePolicy,
  type ReevePolicyOptions,
  reevePolicy,
} from './reeve-policy.ts';

/** What a change may take to be obeyed, wherever it is. */
const LIVE_MS = 2_000;
const TOKENS: Guardrail = {
  ...{ id: 'no-tokens', reason: 'tokens are not for orders', file: 'a.cedar', line: 1, text: '' },
  json: {
    effect: 'forbid',
    principal: { op: 'All' },
    action: { op: 'All' },
    resource: { op: 'All' },
    conditions: [
      {
        kind: 'when',
        body: {
          '==': {
            left: { '.': { left: { Var: 'context' }, attr: 'proof' } },
            right: { Value: 'token' },
          },
        },
      },
    ],
  },
};

let api: TestWorkloadApi;
let folder: string;
let heard: Decided[];
const open: ReevePolicy[] = [];

beforeEach(async () => {
  folder = mkdtempSync(join(tmpdir(), 'reeve-policy-'));
  api = await TestWorkloadApi.serve(identityOf(ORDERS));
  heard = [];
});
afterEach(async () => {
  for (const { source } of open.splice(0)) source.close();
  await api.close();
  rmSync(folder, { recursive: true, force: true });
});

function policyWith(options: ReevePolicyOptions = {}): ReevePolicy {
  const onDecision = (decided: Decided) => heard.push(decided);
  const policy = reevePolicy({ address: api.address, onDecision, ...options });
  open.push(policy);
  return policy;
}

async function ready(options?: ReevePolicyOptions): Promise<ReevePolicy> {
  const policy = policyWith(options);
  await policy.source.ready(AbortSignal.timeout(10_000));
  return policy;
}

const questionOf = (from: string | undefined, change: Partial<Question> = {}): Question => ({
  caller:
    from === undefined
      ? undefined
      : {
          spiffeId: identityOf(from),
          trustDomain: 'example.org',
          path: '/of/the/test',
          proof: 'mtls',
          expiresAt: new Date(0),
        },
  method: 'GET',
  path: '/orders/7',
  template: '/orders/{id}',
  service: undefined,
  ...change,
});

/** The sentence that the server itself says of the whole policy. */
function said(
  policy: Policy,
  from: string,
  method: string,
  path: string,
  proof: 'mtls' | 'token' = 'mtls',
) {
  return new Engine(policy, new CedarJudge(policy.guardrails)).decide({
    ...{ caller: identityOf(from), proof, service: ORDERS, protocol: 'http', method, path },
  }).message;
}

describe("Reeve's policy in a service", () => {
  it.each<[string, string, Partial<Question>]>([
    ['a caller that declares nothing', MAIL, {}],
    ['a caller that nobody knows', 'production/shop/nobody', {}],
    ['an operation that is not declared', WEB, { method: 'POST' }],
    ['a path that is spelt in two ways', WEB, { path: '/orders//7' }],
  ])('denies %s with the words of the server', async (_, from, change) => {
    api.policy.replace(SHOP);
    const policy = await ready();
    expect(await policy(questionOf(WEB))).toEqual({ allowed: true });
    const { method, path } = questionOf(from, change);
    expect(await policy(questionOf(from, change))).toEqual({
      allowed: false,
      reason: said(SHOP, from, method, path),
    });
  });

  it('denies who proves nothing', async () => {
    api.policy.replace(SHOP);
    const policy = await ready();
    expect(await policy(questionOf(undefined))).toEqual({
      allowed: false,
      reason: 'The caller has not proved who it is.',
    });
    expect(heard.at(-1)).toMatchObject({ reason: 'caller-unproved', callers: [] });
  });

  it('decides by the path as it was sent, whatever the framework makes of it', async () => {
    api.policy.replace(SHOP);
    const policy = await ready();
    const sent = { path: '/orders/7', sentPath: '/x/../orders/7' };
    expect(await policy(questionOf(WEB, sent))).toMatchObject({ allowed: false });
    expect(heard.at(-1)).toMatchObject({ reason: 'operation-malformed' });
  });

  it('tells guardrails by what a caller proved itself', async () => {
    const guarded = { ...SHOP, guardrails: [TOKENS] };
    api.policy.replace(guarded);
    const policy = await ready();
    expect(await policy(questionOf(WEB))).toEqual({ allowed: true });
    const { caller } = questionOf(WEB);
    const byToken = questionOf(WEB, { ...(caller && { caller: { ...caller, proof: 'jwt' } }) });
    expect(await policy(byToken)).toEqual({
      allowed: false,
      reason: said(guarded, WEB, 'GET', '/orders/7', 'token'),
    });
    expect(heard.at(-1)).toMatchObject({ reason: 'guardrail-forbids', because: ['no-tokens'] });
  });

  it('tells of each decision, whatever becomes of that', async () => {
    api.policy.replace(SHOP);
    const policy = await ready({
      onDecision: (decided) => {
        heard.push(decided);
        throw new Error('of the log');
      },
    });
    const question = questionOf(WEB);
    expect(await policy(question)).toEqual({ allowed: true });
    const { revision } = policy.source.policy ?? {};
    expect(heard).toEqual([
      {
        ...{ outcome: 'allowed', reason: 'declared', question, revision, service: ORDERS },
        message: said(SHOP, WEB, 'GET', '/orders/7'),
        ...{ callers: [WEB], operation: 'GET /orders/{id}', because: ['web/reeve.yaml:7'] },
      },
    ]);
  });

  it('only logs where the policy, or the program, says shadow', async () => {
    const shadow = serviceWith(ORDERS, { mode: 'shadow' });
    api.policy.replace({ ...SHOP, services: [shadow, ...SHOP.services.slice(1)] });
    const [asSaid, enforcing] = [await ready(), await ready({ mode: 'enforce' })];
    expect(await asSaid(questionOf(MAIL))).toEqual({ allowed: true });
    expect(heard.at(-1)).toMatchObject({ outcome: 'shadowed', reason: 'call-undeclared' });
    expect(await enforcing(questionOf(MAIL))).toMatchObject({ allowed: false });
    api.policy.replace(SHOP);
    const shadowing = await ready({ mode: 'shadow' });
    expect(await shadowing(questionOf(MAIL))).toEqual({ allowed: true });
  });

  it('of a service that is open denies what is denied to everybody, and nothing else', async () => {
    const blocked = sampleEndpoint(ORDERS, 'GET /debug/fetch', { blocked: true });
    api.policy.replace({ ...SHOP, endpoints: [...SHOP.endpoints, blocked] });
    const policy = await ready({ open: true });
    const browser = (path: string) => policy(questionOf(undefined, { path, template: path }));
    expect(await browser('/orders/7')).toEqual({ allowed: true });
    expect(await browser('/of/nobody')).toEqual({ allowed: true });
    const reason = `\`GET /debug/fetch\` of \`${ORDERS}\` is blocked for everybody.`;
    expect(await browser('/debug/fetch')).toEqual({ allowed: false, reason });
    expect(await policy(questionOf(WEB, { path: '/debug/fetch' }))).toMatchObject({ reason });
    expect(await browser('/debug//fetch')).toMatchObject({ allowed: false });
    expect(heard.map(({ reason: why }) => why)).toEqual([
      ...['endpoint-blocked', 'endpoint-blocked', 'operation-malformed'],
    ]);
  });

  it('that nobody logs denies and allows the same', async () => {
    api.policy.replace(SHOP);
    const policy = policyWith();
    open.push(policy);
    const silent = reevePolicy({ address: api.address });
    open.push(silent);
    await silent.source.ready();
    expect(await silent(questionOf(WEB))).toEqual({ allowed: true });
    expect(await silent(questionOf(MAIL))).toMatchObject({ allowed: false });
  });
});

describe('which service is called', () => {
  const TWIN = 'production/shop/twin';
  const twins: Policy = {
    ...SHOP,
    services: [...SHOP.services, serviceWith(TWIN, { identities: [identityOf(ORDERS)] })],
  };

  it('is said by whoever is several', async () => {
    api.policy.replace(twins);
    const unsaid = await ready();
    const denied = await unsaid(questionOf(WEB));
    expect(denied).toMatchObject({
      allowed: false,
      reason: 'Nobody can say which service is called.',
    });
    expect(denied).toHaveProperty(
      'cause.message',
      expect.stringContaining('`production/shop/twin`'),
    );
    expect(heard.at(-1)).toMatchObject({ reason: 'callee-ambiguous', service: undefined });
    expect(await unsaid(questionOf(WEB, { service: ORDERS }))).toEqual({ allowed: true });
    const orders = await ready({ service: ORDERS });
    expect(await orders(questionOf(WEB))).toEqual({ allowed: true });
    const twin = await ready({ service: TWIN });
    expect(await twin(questionOf(WEB))).toMatchObject({ allowed: false });
  });

  it('is not one that this workload is not', async () => {
    api.policy.replace(SHOP);
    const other = await ready({ service: WEB });
    expect(await other(questionOf(WEB))).toMatchObject({ allowed: false });
    expect(heard.at(-1)).toMatchObject({ reason: 'callee-unknown' });
    api.policy.replace({ ...SHOP, services: SHOP.services.slice(1) });
    const nobody = await ready();
    expect(await nobody(questionOf(WEB))).toMatchObject({ allowed: false });
    expect(heard.at(-1)).toMatchObject({ reason: 'callee-unknown' });
  });

  it('is said to be unknown as the server says it, where it is gone', async () => {
    const without = { ...SHOP, services: SHOP.services.slice(1), grants: [] };
    api.policy.replace(without);
    const policy = await ready({ service: ORDERS });
    expect(await policy(questionOf(WEB))).toEqual({
      allowed: false,
      reason: said(without, WEB, 'GET', '/orders/7'),
    });
    expect(heard.at(-1)).toMatchObject({ reason: 'service-unknown' });
  });

  it('may be named otherwise for others who are told it', async () => {
    api.policy.replace(SHOP);
    const policy = await ready();
    expect(await policy(questionOf(WEB, { service: 'orders' }))).toEqual({ allowed: true });
  });
});

describe('a policy that changes', () => {
  const closed: Policy = { ...SHOP, grants: [] };
  const allows = async (policy: ReevePolicy) => (await policy(questionOf(WEB))).allowed;
  const until = (policy: ReevePolicy, wanted: boolean) =>
    vi.waitFor(async () => expect(await allows(policy)).toBe(wanted), {
      timeout: LIVE_MS,
      interval: 10,
    });

  it('is obeyed at once', async () => {
    api.policy.replace(SHOP);
    const policy = await ready();
    expect(await allows(policy)).toBe(true);
    api.policy.replace(closed);
    await until(policy, false);
    api.policy.replace(SHOP);
    await until(policy, true);
  });

  it('holds while Reeve is away, and is what it has become when Reeve is back', async () => {
    api.policy.replace(SHOP);
    const policy = await ready();
    const warned = new Promise((resolve) => policy.source.once('warning', resolve));
    await api.stop();
    expect(await warned).toMatchObject({ code: 'workload-api/unavailable' });
    expect(await allows(policy)).toBe(true);
    expect(await policy(questionOf(MAIL))).toMatchObject({ allowed: false });
    api.policy.replace(closed);
    const updated = new Promise<void>((resolve) => policy.source.once('updated', resolve));
    await api.start();
    await updated;
    expect(await allows(policy)).toBe(false);
    expect(policy.source.lastError).toBeUndefined();
  });

  it('is kept in a file, by which a program that starts without Reeve decides', async () => {
    const file = join(folder, 'policy');
    api.policy.replace(SHOP);
    await ready({ file });
    await vi.waitFor(() => readFileSync(file));
    expect(statSync(file).mode & 0o777).toBe(0o600);
    await api.stop();
    const again = policyWith({ file });
    const warned = new Promise((resolve) => again.source.once('warning', resolve));
    expect(await allows(again)).toBe(true);
    await warned;
    expect(await again(questionOf(MAIL))).toMatchObject({ allowed: false });
    // and nothing is sent again when Reeve is back, where nothing has changed
    const before = again.source.policy;
    await api.start();
    await vi.waitFor(() => expect(again.source.lastError).toBeUndefined());
    expect(again.source.policy).toBe(before);
    api.policy.replace(closed);
    await until(again, false);
  });

  it('is fetched anew where what was kept is damaged', async () => {
    const file = join(folder, 'policy');
    writeFileSync(file, 'hello');
    api.policy.replace(SHOP);
    const policy = policyWith({ file });
    expect(policy.source.lastError).toMatchObject({ code: 'workload-api/malformed' });
    await policy.source.ready();
    expect(await allows(policy)).toBe(true);
  });

  it('decides though it cannot be kept, and says so', async () => {
    api.policy.replace(SHOP);
    const policy = await ready({ file: join(folder, 'nowhere', 'policy') });
    await vi.waitFor(() =>
      expect(policy.source.lastError).toMatchObject({ code: 'authorization/file-unavailable' }),
    );
    expect(await allows(policy)).toBe(true);
  });
});

describe('before there is a policy', () => {
  it('requests wait for it for a while', async () => {
    const policy = policyWith();
    const answer = policy(questionOf(WEB));
    await sleep(50);
    api.policy.replace(SHOP);
    expect(await answer).toEqual({ allowed: true });
  });

  it('everything is denied where none comes, with the cause for logs', async () => {
    const policy = policyWith({ waitMs: 20 });
    expect(await policy(questionOf(WEB))).toMatchObject({
      allowed: false,
      reason: 'Reeve has not told yet who may call this service.',
      cause: expect.any(Error),
    });
    expect(heard.at(-1)).toMatchObject({ outcome: 'denied', reason: 'policy-unknown' });
    const shadowing = policyWith({ waitMs: 0, mode: 'shadow' });
    expect(await shadowing(questionOf(WEB))).toEqual({ allowed: true });
  });

  it('says what it waits for', async () => {
    const policy = policyWith();
    const warned = new Promise((resolve) => policy.source.once('warning', resolve));
    expect(await warned).toMatchObject({
      message: expect.stringContaining('known within 1 seconds'),
    });
    await expect(policy.source.ready(AbortSignal.abort())).rejects.toMatchObject({
      code: 'authorization/policy-not-ready',
      message: expect.stringContaining('No policy of this workload was known'),
    });
    policy.source.close();
    await expect(policy.source.ready()).rejects.toMatchObject({
      code: 'authorization/policy-closed',
    });
  });

  it.each<[ReevePolicyOptions, RegExp]>([
    [{ waitMs: -1 }, /`waitMs` is `-1`/],
    [{ waitMs: 0.5 }, /whole number from 0 to 600000/],
    [{ mode: 'off' as 'shadow' }, /`mode` is `off`/],
    [{ open: 'yes' as unknown as boolean }, /`open` is `yes`/],
  ])('options that make no sense are refused: %o', (options, message) => {
    expect(() => reevePolicy(options)).toThrow(
      expect.objectContaining({
        code: 'authorization/options-invalid',
        message: expect.stringMatching(message),
      }),
    );
  });
});
