import { describe, expect, it } from 'vitest';
import {
  AdmissionConfig,
  type Judgement,
  readReview,
} from '../../authorization/admission/index.ts';
import { Fault } from '../../base/fault.ts';
import { createLog } from '../../base/log.ts';
import { Decider, type DeciderPorts } from './decide.ts';

const REVIEW = readReview({
  apiVersion: 'admission.k8s.io/v1',
  kind: 'AdmissionReview',
  request: {
    uid: 'u1',
    kind: { group: '', version: 'v1', kind: 'Service' },
    resource: { group: '', version: 'v1', resource: 'services' },
    namespace: 'shop',
    operation: 'CREATE',
    object: { metadata: { name: 'orders', ownerReferences: [{ kind: 'A', controller: true }] } },
    userInfo: { username: 'anna' },
  },
});
const NEVER = (signal: AbortSignal) =>
  new Promise<Judgement>((_, reject) => {
    signal.addEventListener('abort', () => reject(new Fault('cluster/unavailable', 'given up')));
  });

function setUp(judge: DeciderPorts['judge'], said: object = {}) {
  const told: (readonly [string, string | undefined])[] = [];
  const decider = new Decider({
    config: AdmissionConfig.parse({ timeoutSeconds: 1, ...said }),
    judge,
    onDecided: (outcome, _, why) => told.push([outcome, why]),
    log: createLog('silent'),
  });
  return { decider, told };
}

describe('a decision', () => {
  it.each(['allow', 'deny'] as const)(
    'comes in time though the judgement does not: %s',
    async (onTimeout) => {
      const { decider, told } = setUp((_, __, signal) => NEVER(signal), { onTimeout });
      const verdict = await decider.decide('eu-1', REVIEW);
      expect(verdict).toMatchObject({ allowed: onTimeout === 'allow', outcome: 'unjudged' });
      expect(told).toEqual([['unjudged', 'late']]);
    },
  );

  it('is not waited for longer than the API server waits', async () => {
    const { decider, told } = setUp((_, __, signal) => NEVER(signal), { timeoutSeconds: 30 });
    await decider.decide('eu-1', REVIEW, 1);
    expect(told).toEqual([['unjudged', 'late']]);
  });

  it('is made without a judgement where too many wait already', async () => {
    const { decider, told } = setUp((_, __, signal) => NEVER(signal), { maxWaiting: 2 });
    await Promise.all([1, 2, 3].map(() => decider.decide('eu-1', REVIEW)));
    expect(told.map(([, why]) => why).sort()).toEqual(['busy', 'late', 'late']);
    // those that have been answered wait no more
    await decider.decide('eu-1', REVIEW);
    expect(told.at(-1)).toEqual(['unjudged', 'late']);
  });

  it.each([
    ['unavailable', new Fault('cluster/unavailable', 'not read yet')],
    ['failed', new Fault('cluster/object-too-deep', 'too deep')],
    ['failed', new Error('bug')],
  ])('says that nothing could be judged: %s', async (why, thrown) => {
    const { decider, told } = setUp(() => Promise.reject(thrown));
    expect(await decider.decide('eu-1', REVIEW)).toMatchObject({ allowed: true });
    expect(told).toEqual([['unjudged', why]]);
  });

  it('hands on what is to be judged, and nothing of who asked', async () => {
    const asked: unknown[] = [];
    const { decider, told } = setUp(async (...words) => {
      asked.push(words.slice(0, 2));
      return { violations: [] };
    });
    expect(await decider.decide('eu-1', REVIEW)).toMatchObject({ allowed: true, warnings: [] });
    // who asked is no controller
    const object = { metadata: { name: 'orders', namespace: 'shop', ownerReferences: [] } };
    expect(asked).toEqual([
      [
        'eu-1',
        {
          group: '',
          version: 'v1',
          kind: 'Service',
          plural: 'services',
          namespace: 'shop',
          name: 'orders',
          object,
        },
      ],
    ]);
    expect(told).toEqual([['allowed', undefined]]);
  });
});
