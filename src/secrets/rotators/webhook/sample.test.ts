import { type ChildProcess, spawn } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { once } from 'node:events';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { SecretValue } from '../../model/index.ts';
import type { Rotator } from '../../rotation/index.ts';
import { failureOf, rotateTwiceEach, stepOf } from '../testing/step.ts';
import { WebhookReceivers, WebhookRotation, webhookRotator } from './index.ts';

const ADMIN = { secret: `whsec_${randomBytes(32).toString('base64')}` };
const [, program = ''] =
  /```js\n([\s\S]*?)```/.exec(readFileSync('docs/rotation-webhook.md', 'utf8')) ?? [];

let folder: string;
let running: ChildProcess;
let origin: string;
let rotator: Rotator<WebhookRotation>;
let config: WebhookRotation;

beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'reeve-receiver-'));
  const file = join(folder, 'receiver.mjs');
  writeFileSync(file, program);
  const env = { ...process.env, PORT: '0', ROTATION_SECRET: ADMIN.secret };
  running = spawn(process.execPath, [file], { env, stdio: ['ignore', 'pipe', 'inherit'] });
  const [said] = await once(running.stdout?.setEncoding('utf8') ?? running, 'data');
  origin = `http://127.0.0.1:${/\d+/.exec(said)?.[0]}`;
  rotator = webhookRotator(WebhookReceivers.parse([origin]));
  config = WebhookRotation.parse({ url: origin });
});
afterAll(() => {
  running.kill();
  rmSync(folder, { recursive: true, force: true });
});

const step = (values: object = {}) => ({ ...stepOf(config, { admin: ADMIN }), ...values });
const isRefused = (value: SecretValue) => rotator.isRefused(step(), value);

describe('the receiver of the documentation', () => {
  it('rotates, and takes the value before away', async () => {
    const first = await rotateTwiceEach(rotator, config, { admin: ADMIN });
    expect(await isRefused(first)).toBe(false);
    const next = await rotateTwiceEach(rotator, config, { admin: ADMIN, current: first });
    expect([await isRefused(first), await isRefused(next)]).toEqual([true, false]);
    for (const _ of [1, 2]) await rotator.revoke(step(), next);
    expect(await isRefused(next)).toBe(true);
  });

  it('says what its target does not take', async () => {
    expect(await failureOf(rotator.test(step(), { value: 'never set' }))).toMatch(/^refused: /);
  });

  it('does not do what it was not written for', async () => {
    const asking = { ...config, steps: ['inspect' as const] };
    const asked = rotator.inspect?.({ ...step(), config: asking }) ?? Promise.resolve();
    expect(await failureOf(asked)).toMatch(/^invalid: /);
  });

  it.each([
    ['signed with another key', { admin: { secret: randomBytes(32).toString('base64') } }],
    ['old', { now: Date.now() - 400_000 }],
  ])('refuses a message that is %s', async (_, values) => {
    expect(await failureOf(rotator.set(step(values), { value: 'x' }))).toMatch(/^denied: .*401/);
    expect(await isRefused({ value: 'x' })).toBe(true);
  });

  it.each([
    ['nothing', undefined],
    ['no JSON', '{'],
  ])('refuses a message of %s that is not signed', async (_, body) => {
    const { status } = await fetch(origin, { method: 'POST', ...(body && { body }) });
    expect(status).toBe(401);
  });
});
