import { randomBytes } from 'node:crypto';
import { beforeEach, describe, expect, it, vi } from 'vitest';
import { Fault } from '../../base/fault.ts';
import type { Secret } from '../model/index.ts';
import { type Call, type CallParts, carryOut, type Rotator, TargetFault } from './index.ts';
import { ModelTarget } from './testing/model-target.ts';
import { PLAN, START, valueBox } from './testing/world.ts';

const at = new Date(START).toISOString();
const id = 'a/b/c/db';
const values = valueBox();
const version = (number: number): Secret['versions'][number] => ({
  ...{ number, createdAt: at, fingerprints: [], expiresAt: null },
  ...{ revokedAt: null, leakedAt: null, revocation: null },
  envelope: values.encrypt({ secret: id, version: number }, { value: `value-${number}` }),
});
const secret: Secret = {
  ...{ id, name: 'db', service: 'a/b/c', kind: 'postgres', owner: null, consumers: [] },
  ...{ createdAt: at, createdBy: 'ada', versions: [version(1), version(2), version(3)] },
  labels: { previous: 1, current: 2, pending: 3 },
  ...{ plan: PLAN, run: null, taken: null, lastRotated: at, nextRotation: at },
};
const call = (name: Call['call'], number: number | null): Call => ({
  ...{ call: name, version: number, token: 'run-1' },
});
let target: ModelTarget;
beforeEach(() => {
  target = new ModelTarget();
});

function make(wanted: Call, more: Partial<CallParts> = {}, of: Secret = secret) {
  const parts: CallParts = {
    ...{ rotators: new Map([['model', target as Rotator]]), values, holder: 'me' },
    ...{ currentOf: async () => undefined, deliver: undefined, stepMilliseconds: 5_000 },
    fingerprintsOf: ({ value = '' }) => [`fingerprint-of-${value.length}`],
    random: randomBytes,
    clock: () => START,
    ...more,
  };
  return carryOut(wanted, of, parts, new AbortController().signal);
}

describe('a call', () => {
  it('is told the values of all labels, its configuration, the run and the time', async () => {
    const set = vi.spyOn(target, 'set').mockResolvedValue();
    expect(await make(call('set', 3))).toMatchObject({ event: 'done', holder: 'me' });
    expect(set.mock.calls[0]).toMatchObject([
      {
        ...{ config: { target: 'db' }, token: 'run-1', now: START, admin: undefined },
        ...{ current: { value: 'value-2' }, previous: { value: 'value-1' } },
      },
      { value: 'value-3' },
    ]);
  });

  it('keeps what others have made of a drawn value', async () => {
    Object.assign(target, {
      obtain: async (_: unknown, { value }: { value: string }) => ({ value: `signed ${value}` }),
    });
    const answer = await make(call('make', 4));
    if (answer.event !== 'made') throw new Error('nothing was made');
    const { value } = values.decrypt({ secret: id, version: 4 }, answer.value.envelope);
    expect(value).toMatch(/^signed value-/);
  });

  it('makes nothing where others do not answer', async () => {
    const obtain = () => Promise.reject(new TargetFault('unreachable', 'nobody signs'));
    Object.assign(target, { obtain });
    expect(await make(call('make', 4))).toMatchObject({ event: 'failed', message: 'nobody signs' });
  });

  it('says after a test how long the value has to settle', async () => {
    target.accepted.add('value-3');
    expect(await make(call('test', 3))).toMatchObject({ event: 'done', settles: 0 });
    Object.assign(target, { settleSeconds: () => 90 });
    expect(await make(call('test', 3))).toMatchObject({ event: 'done', settles: 90_000 });
  });

  it('is told whose secret and which version it is about', async () => {
    const set = vi.spyOn(target, 'set').mockResolvedValue();
    await make(call('set', 3));
    expect(set.mock.calls[0]?.[0]).toMatchObject({ secret: id, version: 3 });
  });

  it('makes a value that only opens at its place, and says when it ends', async () => {
    Object.assign(target, { endOf: () => START + 1_000 });
    const answer = await make(call('make', 4));
    if (answer.event !== 'made') throw new Error('nothing was made');
    const { envelope, ...rest } = answer.value;
    expect(rest).toEqual({
      number: 4,
      fingerprints: [expect.stringMatching(/^fingerprint-of-/)],
      expiresAt: new Date(START + 1_000).toISOString(),
    });
    expect(values.decrypt({ secret: id, version: 4 }, envelope).value).toMatch(/^value-1-/);
    expect(() => values.decrypt({ secret: id, version: 3 }, envelope)).toThrow();
  });

  it('changes its target with the current value of another secret', async () => {
    const set = vi.spyOn(target, 'set').mockResolvedValue();
    const plan = { ...PLAN, admin: 'a/b/c/admin' };
    const currentOf = vi.fn(async () => ({ value: 'of-the-admin' }));
    await make(call('set', 3), { currentOf }, { ...secret, plan });
    expect(currentOf).toHaveBeenCalledWith('a/b/c/admin');
    expect(set.mock.calls[0]?.[0].admin).toEqual({ value: 'of-the-admin' });
  });

  it('delivers the current value to who does not ask', async () => {
    const deliver = vi.fn(async () => undefined);
    expect(await make(call('deliver', 2), { deliver })).toMatchObject({ event: 'done' });
    expect(deliver).toHaveBeenCalledWith(secret, { value: 'value-2' }, expect.any(AbortSignal));
  });

  it.each<[string, Call, Partial<CallParts>, Partial<Secret>, object]>([
    [
      'no rotator of that kind',
      call('set', 3),
      {},
      { plan: { ...PLAN, rotator: 'other' } },
      {
        trouble: 'invalid',
        message: 'There is no rotator `other`',
        hint: 'the rotators are: model',
      },
    ],
    [
      'a configuration that is wrong, which is not told',
      call('set', 3),
      {},
      { plan: { ...PLAN, config: { target: 7, password: 'x' } } },
      { trouble: 'invalid', message: "The plan's configuration is wrong at `target, config`" },
    ],
    [
      'a value that is destroyed',
      call('set', 3),
      {},
      { versions: [{ ...version(3), envelope: null }] },
      { trouble: 'invalid', message: 'The value of version 3 is destroyed' },
    ],
    [
      'a vault that is sealed',
      call('set', 3),
      {
        values: {
          ...values,
          decrypt: () => {
            throw new Fault('vault/unavailable', 'The vault is sealed', { hint: 'unseal it' });
          },
        },
      },
      {},
      { trouble: 'unreachable', message: 'The vault is sealed', hint: 'unseal it' },
    ],
    [
      'another store of values that is away',
      call('set', 3),
      { currentOf: () => Promise.reject(new TypeError('secret is x')) },
      { plan: { ...PLAN, admin: 'a/b/c/admin' } },
      { trouble: 'unreachable', message: 'The rotator failed unexpectedly (`TypeError`)' },
    ],
    [
      'a delivery that is refused',
      call('deliver', 2),
      { deliver: () => Promise.reject(new TargetFault('denied', 'not allowed', 'allow it')) },
      {},
      { trouble: 'denied', message: 'not allowed', hint: 'allow it' },
    ],
  ])('fails for %s', async (_, wanted, parts, of, expected) => {
    const answer = await make(wanted, parts, { ...secret, ...of });
    expect(answer).toMatchObject({ event: 'failed', holder: 'me', call: wanted, ...expected });
  });

  it.each([
    ['names none', null, 'The plan names no secret by which the target is changed'],
    [
      'names one without a value',
      'x',
      'The secret `x`, by which the target is changed, has no value',
    ],
  ])('fails where a rotator needs an admin, and the plan %s', async (_, admin, message) => {
    target.needsAdmin = true;
    const answer = await make(call('set', 3), {}, { ...secret, plan: { ...PLAN, admin } });
    expect(answer).toMatchObject({ event: 'failed', trouble: 'denied', message });
  });
});
