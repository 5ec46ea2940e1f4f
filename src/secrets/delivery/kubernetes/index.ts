import { Fault } from '../../../base/fault.ts';
import type { KubernetesTarget } from '../../model/index.ts';
import { TargetFault } from '../../rotation/rotator.ts';
import { contentOf } from '../content.ts';
import { mayReplace, stateOf } from '../marker.ts';
import type { DeliveryCluster, DeliveryPlace, DeliveryPorts } from '../place.ts';
import { consumersOf, restarted } from './consumers.ts';
import { asked, asking } from './faults.ts';
import { restartConsumers } from './restart.ts';
import {
  ANNOTATIONS,
  LAST_APPLIED,
  readSecret,
  requireWritable,
  type SecretObject,
  wantedSecret,
} from './secret-object.ts';

const nameOf = ({ cluster, namespace, name }: KubernetesTarget): string =>
  `The Secret ${namespace}/${name} of the cluster ${cluster}`;

const pathOf = ({ namespace, name }: KubernetesTarget): string =>
  `/api/v1/namespaces/${namespace}/secrets/${name}`;

/** A Secret, and the workloads that use it. */
export const kubernetesPlace: DeliveryPlace<KubernetesTarget> = {
  name: nameOf,
  look: (ports, target, signal) => look(clusterOf(ports, target), ports, target, signal),

  async put(ports, target, parcel, signal) {
    const cluster = clusterOf(ports, target);
    const content = contentOf(target, parcel.value);
    const seen = await look(cluster, ports, target, signal);
    mayReplace(stateOf(seen, parcel), nameOf(target), target);
    const { object, isThere } = wantedSecret(target, parcel, content, seen, ports.fingerprint);
    if (seen) requireWritable(nameOf(target), target, seen, isThere);
    if (!isThere) await apply(cluster, target, { object, isNew: seen === undefined }, signal);
    if (seen?.annotations[LAST_APPLIED] !== undefined) await strip(cluster, target, signal);
  },

  async bringOn(ports, target, parcel, signal) {
    if (target.restart === 'none') return;
    const cluster = clusterOf(ports, target);
    const seen = await look(cluster, ports, target, signal);
    const delivery = seen?.annotations[ANNOTATIONS.delivery];
    if (delivery === undefined || stateOf(seen, parcel) !== 'same') {
      throw new TargetFault('unreachable', `${nameOf(target)} was changed by somebody else`);
    }
    await restartConsumers({ cluster, target, delivery, until: parcel.until }, ports, signal);
  },
};

/** Workloads that are restarted when a value is delivered to a target: `Deployment/orders`.
 *  @throws {TargetFault} */
export async function restartedBy(
  ports: DeliveryPorts,
  target: KubernetesTarget,
  signal: AbortSignal,
): Promise<readonly string[]> {
  const consumers = await consumersOf(clusterOf(ports, target), target, signal);
  return restarted(consumers, target).map(({ id }) => id);
}

async function look(
  cluster: DeliveryCluster,
  { fingerprint }: DeliveryPorts,
  target: KubernetesTarget,
  signal: AbortSignal,
): Promise<SecretObject | undefined> {
  const object = await asked(`Reading ${nameOf(target)}`, () =>
    cluster.get(pathOf(target), signal),
  );
  return object === undefined ? undefined : readSecret(object, fingerprint);
}

/** What was looked at is overruled; what has come in the meantime is not. */
async function apply(
  cluster: DeliveryCluster,
  target: KubernetesTarget,
  { object, isNew }: { readonly object: unknown; readonly isNew: boolean },
  signal: AbortSignal,
): Promise<void> {
  const path = `${pathOf(target)}?fieldManager=reeve&force=${!isNew}`;
  await asking(`Writing ${nameOf(target)}`, () => cluster.apply(path, object, signal));
}

/** What `kubectl apply` left there holds the values before. */
async function strip(
  cluster: DeliveryCluster,
  target: KubernetesTarget,
  signal: AbortSignal,
): Promise<void> {
  const body = { metadata: { annotations: { [LAST_APPLIED]: null } } };
  const path = `${pathOf(target)}?fieldManager=reeve`;
  await asking(`Writing ${nameOf(target)}`, () => cluster.patch(path, body, signal));
}

function clusterOf(ports: DeliveryPorts, { cluster }: KubernetesTarget): DeliveryCluster {
  try {
    return ports.clusterOf(cluster);
  } catch (thrown) {
    if (!(thrown instanceof Fault)) throw thrown;
    const hint = 'Reeve follows the clusters in `clusters` of its configuration';
    throw new TargetFault('invalid', `Reeve follows no cluster \`${cluster}\``, hint);
  }
}
