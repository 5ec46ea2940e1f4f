import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { openDelivery } from '../../src/secrets/delivery/index.ts';
import { partsOf, SECRET_ID, secretWith } from '../../src/secrets/delivery/testing/parts.ts';
import { DeliveryTarget, type SecretValue } from '../../src/secrets/model/index.ts';
import { cutAfter } from '../../src/secrets/rotators/testing/cut.ts';
import { failureOf } from '../../src/secrets/rotators/testing/step.ts';
import { OpenBao, openBaoPeer } from './support/openbao.ts';
import { isMissing } from './support/tools.ts';

const peer = openBaoPeer();
const { signal } = new AbortController();

describe.skipIf(isMissing('OpenBao', peer))('a path of a real OpenBao', () => {
  let bao: OpenBao;
  let count = 0;
  beforeAll(async () => {
    bao = await OpenBao.start(peer);
  });
  afterAll(() => bao?.stop());

  const next = () => `shop/orders/db-${++count}`;
  const targetOf = (path: string, more: object = {}) =>
    DeliveryTarget.parse({ kind: 'kv', url: bao.url, path, admin: 'admin', ...more });
  const open = (admin: SecretValue | undefined = { token: bao.token }) =>
    openDelivery(partsOf({ currentOf: async (id) => (id === 'admin' ? admin : undefined) }));
  const generated = () => ({ username: 'orders', password: randomUUID() });
  const stateOf = async (path: string, version: number) =>
    (await open().delivered(secretWith([targetOf(path)], version), signal))[0]?.state;

  async function look(path: string) {
    const get = async (part: string) => {
      const answer = await fetch(`${bao.url}/v1/secret/${part}/${path}`, {
        headers: { 'x-vault-token': bao.token },
      });
      return ((await answer.json()) as { data?: Record<string, unknown> }).data;
    };
    const about = await get('metadata');
    const versions = Object.values(
      (about?.versions ?? {}) as Record<string, { destroyed: boolean }>,
    );
    return {
      data: (await get('data'))?.data,
      states: versions.map(({ destroyed }) => (destroyed ? 'destroyed' : 'kept')).join(' '),
      custom: about?.custom_metadata as Record<string, string>,
    };
  }

  it('has the value, and says whose it is without it', async () => {
    const path = next();
    expect(await stateOf(path, 1)).toBe('missing');
    const value = generated();
    const target = targetOf(path, { data: { url: 'pg://{username}:{password}@db' } });
    await open().deliver(secretWith([target], 7), value, signal);
    expect(await look(path)).toEqual({
      data: { url: `pg://orders:${value.password}@db` },
      states: 'kept',
      custom: {
        'reeve-secret': SECRET_ID,
        'reeve-service': 'production/shop/orders',
        'reeve-owner': 'team-orders',
        'reeve-version': '7',
        'reeve-fingerprint': expect.stringMatching(/^[0-9a-f]{32}$/),
        'reeve-versions': '1',
      },
    });
    expect(await stateOf(path, 7)).toBe('same');
    expect(await stateOf(path, 8)).toBe('behind');
  });

  it('is left as it is when the same is delivered again, and keeps two versions', async () => {
    const path = next();
    const target = targetOf(path);
    let value = generated();
    for (let version = 1; version <= 4; version++) {
      value = generated();
      for (let again = 0; again < 2; again++) {
        await open().deliver(secretWith([target], version), value, signal);
      }
    }
    const before = await look(path);
    expect(before).toMatchObject({ data: value, states: 'destroyed destroyed kept kept' });
    await open().deliver(secretWith([target], 4), value, signal);
    expect(await look(path)).toEqual(before);
  });

  it.each([
    ['put there', 'was put there by somebody else, or for another secret', 'foreign'],
    ['edited', 'was edited by somebody else since Reeve wrote it', 'edited'],
  ])(
    'that somebody else has %s is replaced only where Reeve is told to',
    async (how, why, state) => {
      const path = next();
      const host = new URL(bao.url).host;
      const { deliver } = open();
      if (how === 'edited') await deliver(secretWith([targetOf(path)]), generated(), signal);
      const theirs = { password: 'by-hand', more: { than: 'text' } };
      await bao.call('POST', `secret/data/${path}`, { data: theirs });
      expect(await stateOf(path, 1)).toBe(state);
      const value = generated();
      expect(await failureOf(deliver(secretWith([targetOf(path)], 2), value, signal))).toBe(
        `changed: The path secret/${path} at ${host} ${why}`,
      );
      expect((await look(path)).data).toEqual(theirs);
      const told = targetOf(path, { takeOver: true });
      for (let version = 2; version < 6; version++) {
        await deliver(secretWith([told], version), generated(), signal);
      }
      await deliver(secretWith([told], 6), value, signal);
      const { data, states } = await look(path);
      expect(data).toEqual(value);
      // what others wrote is theirs to destroy
      const theirsAt = how === 'edited' ? 1 : 0;
      const kept = states.split(' ').map((one, at) => (one === 'kept' ? at : -1));
      expect(kept.filter((at) => at >= 0)).toEqual([theirsAt, theirsAt + 4, theirsAt + 5]);
    },
  );

  it('has no version destroyed that somebody else wrote where Reeve was about to', async () => {
    const path = next();
    const { deliver } = open();
    await deliver(secretWith([targetOf(path)]), generated(), signal);
    const { custom } = await look(path);
    const custom_metadata = { ...custom, 'reeve-versions': '1,2' };
    await bao.call('POST', `secret/metadata/${path}`, { custom_metadata });
    await bao.call('POST', `secret/data/${path}`, { data: { password: 'by-hand' } });
    const told = targetOf(path, { takeOver: true });
    for (const version of [2, 3, 4]) {
      await deliver(secretWith([told], version), generated(), signal);
    }
    expect((await look(path)).states).toBe('destroyed kept destroyed kept kept');
  });

  it('ends the same wherever a delivery is killed', async () => {
    let isWhole = false;
    for (let pieces = 0; !isWhole; pieces++) {
      const path = next();
      const target = targetOf(path);
      for (const version of [1, 2]) {
        await open().deliver(secretWith([target], version), generated(), signal);
      }
      const [lost, value] = [generated(), generated()];
      const cutter = await cutAfter(pieces, Number(new URL(bao.url).port));
      const cut = targetOf(path, { url: `http://127.0.0.1:${cutter.port}` });
      const failure = await failureOf(open().deliver(secretWith([cut], 3), lost, signal));
      isWhole = failure === 'nothing failed';
      await cutter.close();
      expect(await stateOf(path, 3)).toBeOneOf(['behind', 'same']);
      // whoever takes it up has the same value, or after another rotation another one
      const last = pieces % 2 === 0 ? lost : value;
      await open().deliver(secretWith([target], 4), last, signal);
      const { data, states, custom } = await look(path);
      expect(data, `cut after ${pieces}`).toEqual(last);
      expect(custom['reeve-version']).toBe('4');
      expect(states, `cut after ${pieces}`).toMatch(/^(destroyed )+kept kept$/);
      expect(pieces).toBeLessThan(20);
    }
  });

  it.each([
    ['whose admin secret has no value', undefined, 'denied: The secret that Reeve logs in with'],
    ['whose token is not known', { token: 'none' }, 'denied: Looking at secret/shop/none'],
  ])('%s is told', async (_, admin, message) => {
    const { deliver } = openDelivery(partsOf({ currentOf: async () => admin }));
    const failure = await failureOf(
      deliver(secretWith([targetOf('shop/none')]), generated(), signal),
    );
    expect(failure).toContain(message);
  });
});
