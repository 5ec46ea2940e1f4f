import type { KubernetesTarget } from '../../model/index.ts';
import { TargetFault } from '../../rotation/rotator.ts';
import type { DeliveryCluster, DeliveryPorts } from '../place.ts';
import { consumersOf, restarted } from './consumers.ts';
import { asking } from './faults.ts';
import { type Consumer, stampName, toStamp } from './workload.ts';

const LOOK_EVERY_MS = 1_000;

/** What is restarted, and for what. */
export interface Restart {
  readonly cluster: DeliveryCluster;
  readonly target: KubernetesTarget;
  /** Names what stands in the Secret now. */
  readonly delivery: string;
  /** Until when pods are waited for, in milliseconds since 1970. */
  readonly until: number;
}

/** Has the pods of consumers replaced that may hold what stood in a Secret before, and waits until that is done: first of one
 *  workload, and when its pods have come up with the new value, of all the others. What was begun stands in their templates,
 *  so whoever takes this up goes on from there, and a workload that was restarted once is not again.
 *  @throws {TargetFault} `unreachable` where they are not all new yet, `invalid` where they will not be without a person */
export async function restartConsumers(
  restart: Restart,
  { clock, sleep }: Pick<DeliveryPorts, 'clock' | 'sleep'>,
  signal: AbortSignal,
): Promise<void> {
  const { cluster, target, until } = restart;
  for (;;) {
    const consumers = restarted(await consumersOf(cluster, target, signal), target);
    const begun = consumers.filter(({ stamp }) => stamp?.delivery === restart.delivery);
    for (const consumer of begun) refuseFailed(consumer, target, clock());
    const going = begun.find(({ rollout }) => rollout.state !== 'done');
    const next = consumers.filter((consumer) => !begun.includes(consumer));
    if (going === undefined) {
      if (next.length === 0) return;
      const isProven = begun.length > 0;
      for (const consumer of isProven ? next : next.slice(0, 1)) {
        await stamp(restart, consumer, clock(), signal);
      }
    } else if (clock() >= until) throw notYet(going, target);
    if (clock() < until) await sleep(LOOK_EVERY_MS, signal);
  }
}

async function stamp(
  { cluster, target, delivery }: Restart,
  { id, path }: Consumer,
  now: number,
  signal: AbortSignal,
): Promise<void> {
  const annotations = { [stampName(target.name)]: toStamp(delivery, now) };
  const body = { spec: { template: { metadata: { annotations } } } };
  await asking(`Restarting ${placeOf(target, id)}`, () =>
    cluster.patch(`${path}?fieldManager=reeve`, body, signal),
  );
}

/** A rollout that has failed waits for a person, and one that takes too long. */
function refuseFailed(
  { id, rollout, stamp }: Consumer,
  target: KubernetesTarget,
  now: number,
): void {
  const { state, why } = rollout;
  if (state === 'done') return;
  const isLate = stamp !== undefined && now - stamp.at > target.rolloutSeconds * 1_000;
  if (state === 'going' && !isLate) return;
  const place = placeOf(target, id);
  const late = `its pods are not all new after ${target.rolloutSeconds} s: ${why}`;
  throw new TargetFault(
    'invalid',
    `${place} does not come up with the new value: ${state === 'going' ? late : why}`,
    `see \`kubectl rollout status\`; the value before still works. When it is up, try again; or name ${id} in \`spare\``,
  );
}

function notYet({ id, rollout }: Consumer, target: KubernetesTarget): TargetFault {
  return new TargetFault(
    'unreachable',
    `${placeOf(target, id)} is being restarted: ${rollout.why}`,
  );
}

const placeOf = ({ cluster, namespace }: KubernetesTarget, id: string): string =>
  `${id.replace('/', ` ${namespace}/`)} of the cluster ${cluster}`;
