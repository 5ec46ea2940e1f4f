import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, it, vi } from 'vitest';
import type { Question } from '../sdk/src/authorization/index.ts';
import { type ReevePolicy, type ReevePolicyOptions, reevePolicy } from '../sdk/src/index.ts';
import { PolicySlices, policyFeed } from '../src/authorization/enforcement/feed/index.ts';
import {
  grantOf,
  identityOf,
  MAIL,
  ORDERS,
  SHOP,
  WEB,
} from '../src/authorization/enforcement/feed/testing/policies.ts';
import { AgentRig } from '../src/identity/agent/testing/agent.ts';
import { ServerRig } from '../src/identity/agent/testing/server.ts';
import { forCallingWorkload } from '../src/identity/host/index.ts';

/** What a change may take to be obeyed, on its way through server, agent and socket. */
const LIVE_MS = 2_000;
const OWN = [`unix:uid:${process.getuid?.()}`];

/** The policy of the server, and what the agent was sent of it. */
let [ofServer, ofAgent] = [new PolicySlices(), new PolicySlices()];
let server: ServerRig;
let rig: AgentRig;
let folder: string;
const open: ReevePolicy[] = [];

beforeEach(async () => {
  [ofServer, ofAgent] = [new PolicySlices(), new PolicySlices()];
  folder = mkdtempSync(join(tmpdir(), 'reeve-agent-policy-'));
  server = await ServerRig.start({ ports: (all) => ({ ...all, policy: ofServer }) });
  server.register({ spiffeId: identityOf(ORDERS), selectors: OWN });
  rig = new AgentRig(server);
  rig.ports = {
    policy: ofAgent,
    more: (ports, supply) => [
      policyFeed({
        forCaller: (call, work) => forCallingWorkload(ports, supply, call, work),
        slices: ofAgent,
        waitMs: 2_000,
      }),
    ],
  };
  ofServer.replace(SHOP);
});
afterEach(async () => {
  for (const { source } of open.splice(0)) source.close();
  await rig.remove();
  await server.close();
  rmSync(folder, { recursive: true, force: true });
});

/** A service beside the agent. */
async function serviceWith(options: ReevePolicyOptions = {}): Promise<ReevePolicy> {
  const policy = reevePolicy({ address: rig.agent?.address ?? '', ...options });
  open.push(policy);
  await policy.source.ready(AbortSignal.timeout(15_000));
  return policy;
}

const question = (from: string): Question => ({
  caller: {
    ...{ spiffeId: identityOf(from), trustDomain: 'example.org', path: '/of/the/test' },
    ...{ proof: 'mtls', expiresAt: new Date(0) },
  },
  ...{ method: 'GET', path: '/orders/7', template: undefined, service: undefined },
});
const allows = async (policy: ReevePolicy, from = WEB) => (await policy(question(from))).allowed;
const until = (policy: ReevePolicy, from: string, wanted: boolean) =>
  vi.waitFor(async () => expect(await allows(policy, from)).toBe(wanted), {
    timeout: LIVE_MS,
    interval: 10,
  });

const wider = { ...SHOP, grants: [...SHOP.grants, grantOf(MAIL, ORDERS, 'GET /orders/{id}')] };

it('a declaration reaches a service beside an agent, as it is made and as it is taken back', async () => {
  await rig.join('node-1');
  const policy = await serviceWith();
  expect([await allows(policy), await allows(policy, MAIL)]).toEqual([true, false]);
  const revision = ofServer.of([identityOf(ORDERS)])?.revision;
  expect(policy.source.policy?.revision).toBe(revision);
  ofServer.replace(wider);
  await until(policy, MAIL, true);
  ofServer.replace(SHOP);
  await until(policy, MAIL, false);
});

it('decisions go on when the server is lost, and follow it when it is back', async () => {
  await rig.join('node-1');
  const policy = await serviceWith();
  await server.stop();
  await rig.until('lost');
  expect([await allows(policy), await allows(policy, MAIL)]).toEqual([true, false]);
  ofServer.replace(wider);
  await server.restart();
  await vi.waitFor(async () => expect(await allows(policy, MAIL)).toBe(true));
});

it('an agent that is started again without its server tells services that start, too', async () => {
  await rig.join('node-1');
  const running = await serviceWith();
  await rig.stop();
  await server.stop();
  expect([await allows(running), await allows(running, MAIL)]).toEqual([true, false]);
  await rig.start();
  const begun = await serviceWith();
  expect([await allows(begun), await allows(begun, MAIL)]).toEqual([true, false]);
  expect(begun.source.policy?.revision).toBe(running.source.policy?.revision);
  await server.restart();
});

it('an identity that is revoked is told nothing more, and what its services know holds', async () => {
  const entry = server.register({ spiffeId: identityOf(WEB), selectors: OWN });
  await rig.join('node-1');
  const policy = await serviceWith({ service: ORDERS });
  const warned = new Promise((resolve) => policy.source.once('warning', resolve));
  server.remove(entry);
  for (const one of [...server.index.entries()]) server.remove(one);
  expect(await warned).toMatchObject({ code: 'workload-api/permission-denied' });
  expect(await allows(policy)).toBe(true);
});
