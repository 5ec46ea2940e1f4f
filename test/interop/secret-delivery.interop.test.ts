import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { Fault } from '../../src/base/fault.ts';
import { fieldsAt, listAt, textAt, textsAt } from '../../src/base/pick.ts';
import {
  type DeliveryCluster,
  DeliveryConfig,
  openDelivery,
} from '../../src/secrets/delivery/index.ts';
import { partsOf, SECRET_ID, secretWith } from '../../src/secrets/delivery/testing/parts.ts';
import { DeliveryTarget } from '../../src/secrets/model/index.ts';
import { failureOf } from '../../src/secrets/rotators/testing/step.ts';
import { DeliveredCluster } from './support/delivered-cluster.ts';
import { kubernetesProgram } from './support/kubernetes.ts';
import { isMissing } from './support/tools.ts';

const program = await kubernetesProgram();
const { signal } = new AbortController();
const targetOf = (more: object = {}) =>
  DeliveryTarget.parse({
    ...{ kind: 'kubernetes', cluster: 'real', namespace: 'shop', name: 'orders-db' },
    ...more,
  });
const PLACE = 'The Secret shop/orders-db of the cluster real';
/** Pods that use the Secret, by the name of their workload. */
const USES: Readonly<Record<string, object>> = {
  variable: {
    containers: [
      {
        ...{ name: 'app', image: 'example/app' },
        env: [{ name: 'A', valueFrom: { secretKeyRef: { name: 'orders-db', key: 'password' } } }],
      },
    ],
  },
  volume: { volumes: [{ name: 'db', secret: { secretName: 'orders-db' } }] },
  projected: {
    volumes: [{ name: 'db', projected: { sources: [{ secret: { name: 'orders-db' } }] } }],
  },
  pull: { imagePullSecrets: [{ name: 'orders-db' }] },
  none: { volumes: [{ name: 'db', secret: { secretName: 'another' } }] },
};

describe.skipIf(isMissing('deliveries to a cluster', program))('a Secret of a real cluster', () => {
  let cluster: DeliveredCluster;
  const generated = () => ({ username: 'orders', password: `${randomUUID()}/ü@` });
  beforeAll(async () => {
    cluster = await DeliveredCluster.start(program.path ?? '');
  });
  beforeEach(async () => {
    for (const list of ['deployments', 'statefulsets', 'daemonsets']) {
      await cluster.real.ask('DELETE', `/apis/apps/v1/namespaces/shop/${list}`);
    }
    await cluster.remove();
  });
  afterAll(() => cluster?.close());

  const open = (clusterOf = cluster.clusterOf, clock = Date.now) =>
    openDelivery(partsOf({ clusterOf, clock }));
  const put = (object: object) =>
    cluster.real.applyObject({
      ...{ apiVersion: 'v1', kind: 'Secret' },
      metadata: { name: 'orders-db', namespace: 'shop' },
      ...object,
    });
  /** Delivers as often as it takes, while the controllers say that every rollout is done. */
  async function deliverAll(target: DeliveryTarget, value: Record<string, string>, version = 1) {
    const { deliver } = open();
    const workloads = Object.keys(USES).map((name) => ['Deployment', name] as const);
    for (let attempt = 0; attempt < 9; attempt++) {
      const failure = await failureOf(deliver(secretWith([target], version), value, signal));
      if (failure === 'nothing failed') return;
      expect(failure).toMatch(/^unreachable: .* is being restarted/);
      for (const [kind, name] of workloads) {
        if (textAt(await cluster.get(kind, name), 'kind') === kind)
          await cluster.settle(kind, name);
      }
    }
    throw new Error('it is never delivered');
  }

  it('is made with what the value is to be there, and marks without it', async () => {
    const value = generated();
    const data = {
      password: '{password}',
      DATABASE_URL: 'postgres://{username}:{password:uri}@db/orders',
    };
    const target = targetOf({ data });
    await open().deliver(secretWith([target]), value, signal);
    expect(await cluster.data()).toEqual({
      password: value.password,
      DATABASE_URL: `postgres://orders:${encodeURIComponent(value.password)}@db/orders`,
    });
    const object = await cluster.secret();
    expect(textsAt(object, 'metadata', 'annotations')).toEqual({
      'reeve.dev/secret': SECRET_ID,
      'reeve.dev/secret-version': '1',
      'reeve.dev/fingerprint': expect.stringMatching(/^[0-9a-f]{32}$/),
      'reeve.dev/keys': 'DATABASE_URL,password',
      'reeve.dev/delivery': '1',
    });
    const managers = listAt(object, 'metadata', 'managedFields');
    expect(managers.map((one) => [textAt(one, 'manager'), textAt(one, 'operation')])).toEqual([
      ['reeve', 'Apply'],
    ]);
    expect(await open().delivered(secretWith([target]), signal)).toMatchObject([
      { place: PLACE, state: 'same', why: undefined },
    ]);
  });

  it('is left as it is when the same is delivered again', async () => {
    const value = generated();
    await open().deliver(secretWith([targetOf()]), value, signal);
    const before = await cluster.secret();
    await open().deliver(secretWith([targetOf()]), value, signal);
    expect(await cluster.secret()).toEqual(before);
  });

  it('has no key more than the target says', async () => {
    const value = generated();
    await open().deliver(secretWith([targetOf()]), value, signal);
    await open().deliver(secretWith([targetOf({ data: { p: '{password}' } })], 2), value, signal);
    expect(await cluster.data()).toEqual({ p: value.password });
  });

  it.each([
    ['kubernetes.io/basic-auth', {}, ['password', 'username']],
    [
      'kubernetes.io/tls',
      { data: { 'tls.crt': '{username}', 'tls.key': '{password}' } },
      ['tls.crt', 'tls.key'],
    ],
    ['kubernetes.io/dockerconfigjson', { registry: 'r.example.org' }, ['.dockerconfigjson']],
  ])('may be of type %s', async (type, more, keys) => {
    await open().deliver(secretWith([targetOf({ type, ...more })]), generated(), signal);
    expect(textAt(await cluster.secret(), 'type')).toBe(type);
    expect(Object.keys(await cluster.data()).sort()).toEqual(keys);
  });

  describe('that somebody else', () => {
    const theirs = () => ({ stringData: { password: randomUUID(), more: 'theirs' } });
    const delivered = async (version = 1) =>
      (await open().delivered(secretWith([targetOf()], version), signal))[0]?.state;

    it('made is left to them, unless Reeve is told to take it over', async () => {
      await put(theirs());
      expect(await delivered()).toBe('foreign');
      const value = generated();
      const { deliver } = open();
      expect(await failureOf(deliver(secretWith([targetOf()]), value, signal))).toBe(
        `changed: ${PLACE} was put there by somebody else, or for another secret`,
      );
      await deliver(secretWith([targetOf({ takeOver: true })]), value, signal);
      expect(await cluster.data()).toEqual({ ...value, more: 'theirs' });
      expect(await delivered()).toBe('same');
    });

    it('edited is left as it is, unless Reeve is told to put it right', async () => {
      const value = generated();
      await open().deliver(secretWith([targetOf()]), value, signal);
      await put({ stringData: { password: 'by-hand' } });
      expect(await delivered()).toBe('edited');
      const next = generated();
      const { deliver } = open();
      expect(await failureOf(deliver(secretWith([targetOf()], 2), next, signal))).toBe(
        `changed: ${PLACE} was edited by somebody else since Reeve wrote it`,
      );
      const told = targetOf({ takeOver: true });
      await deliver(secretWith([told], 2), next, signal);
      expect(await cluster.data()).toEqual(next);
      expect(await delivered()).toBe('behind');
      expect(await delivered(2)).toBe('same');
    });

    it('writes anew whenever it differs is theirs', async () => {
      const owner = {
        apiVersion: 'external-secrets.io/v1',
        kind: 'ExternalSecret',
        name: 'orders',
      };
      const ownerReferences = [{ ...owner, uid: randomUUID(), controller: true }];
      const metadata = { name: 'orders-db', namespace: 'shop', ownerReferences };
      await put({ metadata, ...theirs() });
      const target = targetOf({ takeOver: true });
      expect(await failureOf(open().deliver(secretWith([target]), generated(), signal))).toBe(
        `changed: ${PLACE} is written by ExternalSecret orders, which would put back what it has`,
      );
    });

    it('applied from a manifest is taken over without what kubectl kept of it', async () => {
      const one = randomUUID();
      const last = 'kubectl.kubernetes.io/last-applied-configuration';
      const annotations = { [last]: JSON.stringify({ stringData: { password: one } }) };
      await put({ metadata: { name: 'orders-db', namespace: 'shop', annotations }, ...theirs() });
      await open().deliver(secretWith([targetOf({ takeOver: true })]), generated(), signal);
      expect(JSON.stringify(await cluster.secret())).not.toContain(one);
    });

    it('made immutable, or of another type, waits for a person', async () => {
      const value = generated();
      const { deliver } = open();
      await deliver(secretWith([targetOf()]), value, signal);
      await put({ immutable: true });
      await deliver(secretWith([targetOf()]), value, signal);
      expect(await failureOf(deliver(secretWith([targetOf()], 2), generated(), signal))).toBe(
        `invalid: ${PLACE} is immutable`,
      );
      const typed = targetOf({ type: 'kubernetes.io/basic-auth' });
      expect(await failureOf(deliver(secretWith([typed], 2), value, signal))).toBe(
        `invalid: ${PLACE} has the type Opaque, which cannot be changed`,
      );
    });

    it('changed at the same moment is looked at again', async () => {
      const value = generated();
      await open().deliver(secretWith([targetOf()]), value, signal);
      const real = cluster.clusterOf('real');
      const racing = (): DeliveryCluster => ({
        ...real,
        apply: async (path, body, stop) => {
          await put({ stringData: { password: 'by-hand' } });
          return real.apply(path, body, stop);
        },
      });
      const { deliver } = open(racing);
      const failure = await failureOf(deliver(secretWith([targetOf()], 2), generated(), signal));
      expect(failure).toBe(
        `unreachable: Writing ${PLACE}: somebody else changed it at the same time`,
      );
      expect((await cluster.data()).password).toBe('by-hand');
    });
  });

  it.each<[string, object, string]>([
    [
      'a cluster that is not followed',
      { cluster: 'none' },
      'invalid: Reeve follows no cluster `none`',
    ],
    ['a namespace without rights', { namespace: 'default' }, 'denied: Reading The Secret default/'],
    ['a Secret without rights', { name: 'another' }, 'denied: Reading The Secret shop/another'],
  ])('tells of %s', async (_, more, message) => {
    const failure = failureOf(open().deliver(secretWith([targetOf(more)]), generated(), signal));
    expect(await failure).toContain(message);
  });

  it('tells of a namespace that is not there', async () => {
    const ask = async (method: string, path: string, body?: unknown) => {
      const { status } = await cluster.real.ask(method, path, body);
      if (status === 404) throw new Fault('cluster/not-found', 'there is none');
    };
    const admin: DeliveryCluster = {
      get: (path) => ask('GET', path),
      apply: (path, body) => ask('PATCH', path, body),
      patch: (path, body) => ask('PATCH', path, body),
    };
    const secret = secretWith([targetOf({ namespace: 'none' })]);
    expect(await failureOf(open(() => admin).deliver(secret, generated(), signal))).toBe(
      'invalid: Writing The Secret none/orders-db of the cluster real: there is no such namespace or object',
    );
  });

  describe('has its consumers restarted:', () => {
    const stamps = async () =>
      Object.fromEntries(
        await Promise.all(
          Object.keys(USES).map(
            async (name) =>
              [name, (await cluster.stampOf('Deployment', name))?.split(' ')[0]] as const,
          ),
        ),
      );
    const workloads = async () => {
      for (const [name, pod] of Object.entries(USES))
        await cluster.workload('Deployment', name, pod);
    };

    it('one first, then the rest, and none that does not use it', async () => {
      await workloads();
      const value = generated();
      const { deliver, restartedBy } = open();
      const secret = secretWith([targetOf()]);
      expect(await restartedBy(targetOf(), signal)).toEqual(
        ['projected', 'pull', 'variable', 'volume'].map((name) => `Deployment/${name}`),
      );
      const going = 'of the cluster real is being restarted: it has not begun';
      expect(await failureOf(deliver(secret, value, signal))).toBe(
        `unreachable: Deployment shop/projected ${going}`,
      );
      expect(await stamps()).toEqual({ projected: '1' });
      await cluster.settle('Deployment', 'projected');
      expect(await failureOf(deliver(secret, value, signal))).toBe(
        `unreachable: Deployment shop/pull ${going}`,
      );
      const all = { projected: '1', pull: '1', variable: '1', volume: '1' };
      expect(await stamps()).toEqual(all);
      for (const name of Object.keys(USES)) await cluster.settle('Deployment', name);
      await deliver(secret, value, signal);
      const before = await cluster.get('Deployment', 'volume');
      await deliver(secret, value, signal);
      expect(await cluster.get('Deployment', 'volume')).toEqual(before);
      expect(await stamps()).toEqual(all);
    });

    it('those alone whose pods see what they began with, where a target says so', async () => {
      await workloads();
      await deliverAll(targetOf({ restart: 'fixed' }), generated());
      expect(await stamps()).toEqual({ variable: '1' });
    });

    it('none, or not those that are spared', async () => {
      await workloads();
      await deliverAll(targetOf({ restart: 'none' }), generated());
      expect(await stamps()).toEqual({});
      const spare = ['Deployment/pull', 'Deployment/volume'];
      await deliverAll(targetOf({ spare }), generated(), 2);
      expect(await stamps()).toEqual({ projected: '2', variable: '2' });
    });

    it('again when an edit by hand was put right', async () => {
      await workloads();
      const value = generated();
      await deliverAll(targetOf({ restart: 'fixed' }), value);
      await put({ stringData: { password: 'by-hand' } });
      await deliverAll(targetOf({ restart: 'fixed', takeOver: true }), value);
      expect(await stamps()).toEqual({ variable: '1.1' });
    });

    it.each(['StatefulSet', 'DaemonSet'])('a %s, too', async (kind) => {
      await cluster.workload(kind, 'one', USES.volume ?? {});
      const secret = secretWith([targetOf()]);
      const value = generated();
      const failure = await failureOf(open().deliver(secret, value, signal));
      expect(failure).toMatch(`unreachable: ${kind} shop/one of the cluster real`);
      await cluster.settle(kind, 'one');
      await open().deliver(secret, value, signal);
      expect(await cluster.stampOf(kind, 'one')).toMatch(/^1 2/);
    });

    it('and waits for a person where one does not come up', async () => {
      await workloads();
      const secret = secretWith([targetOf()]);
      const value = generated();
      await failureOf(open().deliver(secret, value, signal));
      const condition = {
        type: 'Progressing',
        status: 'False',
        reason: 'ProgressDeadlineExceeded',
      };
      await cluster.settle('Deployment', 'projected', {
        availableReplicas: 0,
        conditions: [condition],
      });
      expect(await failureOf(open().deliver(secret, value, signal))).toBe(
        'invalid: Deployment shop/projected of the cluster real does not come up with the new value: its progress deadline is over',
      );
      expect(await stamps()).toEqual({ projected: '1' });
      await cluster.settle('Deployment', 'projected');
      expect(await failureOf(open().deliver(secret, value, signal))).toMatch(/^unreachable: /);
    });

    it('and waits for a person where one takes too long, is paused, or waits for somebody', async () => {
      const value = generated();
      const secret = secretWith([targetOf({ rolloutSeconds: 60 })]);
      await cluster.workload('StatefulSet', 'one', USES.volume ?? {});
      await failureOf(open().deliver(secret, value, signal));
      const later = () => Date.now() + 61_000;
      const late = open(cluster.clusterOf, later).deliver(secret, value, signal);
      expect(await failureOf(late)).toMatch(
        /^invalid: .* not all new after 60 s: it has not begun$/,
      );
      await cluster.real.ask('DELETE', '/apis/apps/v1/namespaces/shop/statefulsets/one');
      await cluster.workload('Deployment', 'paused', USES.volume ?? {}, { paused: true });
      expect(await failureOf(open().deliver(secret, value, signal))).toMatch(/: it is paused$/);
    });

    it('within one attempt, where they are quick', async () => {
      await cluster.workload('Deployment', 'one', USES.volume ?? {}, { replicas: 0 });
      const config = DeliveryConfig.parse({ waitSeconds: 60 });
      const sleep = () => cluster.settle('Deployment', 'one');
      const { deliver } = openDelivery(partsOf({ clusterOf: cluster.clusterOf, config, sleep }));
      await deliver(secretWith([targetOf()]), generated(), signal);
      expect(await cluster.stampOf('Deployment', 'one')).toMatch(/^1 /);
    });
  });

  it('ends the same wherever a delivery is killed', async () => {
    const first = generated();
    const second = generated();
    const target = targetOf();
    let isWhole = false;
    for (let calls = 0; !isWhole; calls++) {
      for (const isAnswerLost of calls === 0 ? [false] : [false, true]) {
        await cluster.remove();
        for (const name of ['projected', 'variable'] as const) {
          await cluster.real.ask('DELETE', `/apis/apps/v1/namespaces/shop/deployments/${name}`);
          await cluster.workload('Deployment', name, USES[name] ?? {});
        }
        await deliverAll(target, first);
        let left = calls;
        const dying = (): DeliveryCluster => {
          const real = cluster.clusterOf('real');
          const cut = async (ask: () => Promise<unknown>) => {
            if (left === 0) throw new Error('killed');
            const answer = await ask();
            if (--left === 0 && isAnswerLost) throw new Error('killed');
            return answer;
          };
          return {
            get: (path, stop) => cut(() => real.get(path, stop)),
            patch: (path, body, stop) => cut(() => real.patch(path, body, stop)),
            apply: (path, body, stop) => cut(() => real.apply(path, body, stop)),
          };
        };
        const parts = { clusterOf: dying, config: DeliveryConfig.parse({ waitSeconds: 60 }) };
        const sleep = async () => {
          for (const name of ['projected', 'variable']) await cluster.settle('Deployment', name);
        };
        const { deliver } = openDelivery(partsOf({ ...parts, sleep }));
        isWhole = await deliver(secretWith([target], 2), second, signal).then(
          () => true,
          (thrown) => thrown.message !== 'killed' && Promise.reject(thrown),
        );
        await deliverAll(target, second, 2);
        const at = `after ${calls} calls`;
        expect(await cluster.data(), at).toEqual(second);
        const annotations = fieldsAt(await cluster.secret(), 'metadata', 'annotations');
        expect(annotations['reeve.dev/delivery'], at).toBe('2');
        for (const name of ['projected', 'variable']) {
          const object = await cluster.get('Deployment', name);
          // made, restarted for the first value and for the second
          expect(textAt(object, 'metadata', 'generation'), `${name} ${at}`).toBe('3');
        }
        expect(calls).toBeLessThan(40);
      }
    }
  }, 300_000);
});
