import { type ChildProcess, spawn } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type Authorize, askOpa, type Caller, type Question } from '../../sdk/src/index.ts';
import { freePort } from '../../src/base/testing/free-port.ts';
import { untilUp } from '../support/until-up.ts';
import { goProgram, isMissing } from './support/tools.ts';

const opa = goProgram('opa', 'github.com/open-policy-agent/opa', 'v1.22.2');

/** The policy of the SDK's page. */
const README = readFileSync(join(import.meta.dirname, '../../sdk/README.md'), 'utf8');
const POLICY = /^```rego\n([\s\S]*?)^```$/m.exec(README)?.[1] ?? '';

const callerWith = (name: string): Caller => ({
  spiffeId: `spiffe://example.org/ns/shop/sa/${name}`,
  trustDomain: 'example.org',
  path: `/ns/shop/sa/${name}`,
  proof: 'mtls',
  expiresAt: new Date(0),
});
const question: Question = {
  caller: callerWith('web'),
  method: 'GET',
  path: '/orders/42',
  template: '/orders/{id}',
  service: 'orders',
};

describe.skipIf(isMissing('OPA', opa))('the Open Policy Agent', () => {
  const folder = mkdtempSync(join(tmpdir(), 'reeve-opa-'));
  const socketPath = join(folder, 'opa.sock');
  let server: ChildProcess;
  let url: string;
  let authorize: Authorize;

  beforeAll(async () => {
    const policy = join(folder, 'policy.rego');
    writeFileSync(policy, POLICY);
    const port = await freePort();
    url = `http://127.0.0.1:${port}`;
    const words = ['run', '--server', '--log-level=error', '--skip-version-check'];
    const addresses = [`--addr=127.0.0.1:${port}`, `--addr=unix://${socketPath}`];
    server = spawn(join(opa.path ?? '', 'opa'), [...words, ...addresses, policy], {
      stdio: ['ignore', 'inherit', 'inherit'],
    });
    await untilUp('OPA', server, async () => (await fetch(`${url}/health`)).ok);
    authorize = askOpa({ url, timeoutMs: 10_000 });
  });
  afterAll(() => {
    server?.kill();
    rmSync(folder, { recursive: true });
  });

  const denial = { allowed: false, reason: 'no rule allows this call' };
  it.each<readonly [string, Partial<Question>, object]>([
    ['allows what the policy of the page allows', {}, { allowed: true }],
    ['denies another caller, with the reason', { caller: callerWith('reviews') }, denial],
    ['denies another operation', { method: 'DELETE' }, denial],
    ['denies another route', { template: undefined }, denial],
    ['denies who proves nothing', { caller: undefined }, denial],
  ])('%s', async (_, change, decision) => {
    expect(await authorize({ ...question, ...change })).toEqual(decision);
  });

  it('is asked on a Unix socket', async () => {
    expect(await askOpa({ url: 'http://opa', socketPath })(question)).toEqual({ allowed: true });
  });

  it('denies by a rule that it does not have', async () => {
    expect(await askOpa({ url, rule: 'reeve/authz/other' })(question)).toMatchObject({
      allowed: false,
      reason: 'no decision could be had: OPA has no decision at `reeve/authz/other`',
    });
  });
});
