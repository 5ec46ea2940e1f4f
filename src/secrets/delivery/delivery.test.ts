import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { Fault } from '../../base/fault.ts';
import { DeliveryTarget, toPlace } from '../model/index.ts';
import { TargetFault } from '../rotation/index.ts';
import { failureOf } from '../rotators/testing/step.ts';
import { DeliveryConfig, openDelivery } from './index.ts';
import { partsOf, secretWith } from './testing/parts.ts';

const { signal } = new AbortController();
const VALUE = { value: 'one' };

describe('a delivery to several targets', () => {
  let folder = '';
  const told: string[] = [];
  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), 'reeve-delivery-'));
    told.length = 0;
  });
  afterEach(() => rmSync(folder, { recursive: true, force: true }));

  const file = (name: string) =>
    DeliveryTarget.parse({ kind: 'file', path: join(folder, name), reload: name });
  const cluster = DeliveryTarget.parse({
    ...{ kind: 'kubernetes', cluster: 'away', namespace: 'shop', name: 'db' },
  });
  const open = (failing = '') => {
    const reloads = { a: { unit: 'a.service' }, b: { unit: 'b.service' } };
    const clusterOf = () => {
      const away = async () => {
        throw new Fault('cluster/unavailable', 'it said: one');
      };
      return { get: away, patch: away, apply: away };
    };
    const run = async (_: string, [, , unit = '']: readonly string[]) => {
      told.push(unit);
      return unit === failing ? 1 : 0;
    };
    const config = DeliveryConfig.parse({ files: { folders: [folder], reloads } });
    return openDelivery(partsOf({ config, clusterOf, run }));
  };

  it('goes on to the others where one is away, and is tried again', async () => {
    writeFileSync(join(folder, 'b'), 'theirs');
    const secret = secretWith([cluster, file('b'), file('a')]);
    const failure = await open()
      .deliver(secret, VALUE, signal)
      .catch((thrown) => thrown);
    expect(failure).toBeInstanceOf(TargetFault);
    expect([failure.trouble, failure.message]).toEqual([
      'unreachable',
      `Reading The Secret shop/db of the cluster away: the API server cannot be asked; The file \`${join(folder, 'b')}\` was put there by somebody else, or for another secret`,
    ]);
    expect(readFileSync(join(folder, 'a'), 'utf8')).toBe('one');
    expect(told).toEqual(['a.service']);
  });

  it('gives the value to all before it brings anybody on, and stops where one does not come up', async () => {
    const secret = secretWith([file('a'), file('b')]);
    expect(await failureOf(open('a.service').deliver(secret, VALUE, signal))).toBe(
      'invalid: a.service does not come up with the new file',
    );
    expect(readFileSync(join(folder, 'b'), 'utf8')).toBe('one');
    expect(told).toEqual(['a.service']);
    await open().deliver(secret, VALUE, signal);
    expect(told).toEqual(['a.service', 'a.service', 'b.service']);
  });

  it('is looked at without any value, and where one cannot be', async () => {
    const { deliver, delivered, restartedBy } = open();
    const secret = secretWith([file('a'), cluster, file('b')]);
    await deliver(secretWith([file('a')]), VALUE, signal);
    const seen = await delivered(secret, signal);
    expect(seen.map(({ state, why }) => [state, why])).toEqual([
      ['same', undefined],
      ['unknown', 'Reading The Secret shop/db of the cluster away: the API server cannot be asked'],
      ['missing', undefined],
    ]);
    expect(await restartedBy(file('a'), signal)).toEqual([]);
  });

  it('is nothing where a plan names none, and ends when it is given up', async () => {
    await open().deliver(secretWith([]), VALUE, signal);
    await open().deliver({ ...secretWith([]), plan: null }, VALUE, signal);
    const stopped = AbortSignal.abort();
    await expect(open().deliver(secretWith([file('a')]), VALUE, stopped)).rejects.toThrow(
      'aborted',
    );
    expect(told).toEqual([]);
  });
});

it.each([
  [
    { kind: 'kubernetes', cluster: 'eu-1', namespace: 'shop', name: 'db' },
    'kubernetes eu-1/shop/db',
  ],
  [
    { kind: 'kv', url: 'https://bao.example.org:8200', path: 'shop/db', namespace: 'platform' },
    'kv bao.example.org:8200/platform/secret/shop/db',
  ],
  [{ kind: 'file', path: '/run/secrets/db' }, 'file /run/secrets/db'],
])('the place of %j is told in a few words', (target, place) => {
  expect(toPlace(DeliveryTarget.parse(target))).toBe(place);
});
