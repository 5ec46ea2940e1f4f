import { listAt, pick, textAt } from '../../../base/pick.ts';

/** How a pod comes by a Secret, and whether it keeps what it saw when it began (`fixed`) or is given what is new: the kubelet
 *  writes volumes anew, and reads pull secrets for each pull.
 *  @see https://kubernetes.io/docs/concepts/configuration/secret/#using-secrets */
export type Use = 'env' | 'envFrom' | 'subPath' | 'volume' | 'projected' | 'driver' | 'imagePull';

const FIXED: ReadonlySet<Use> = new Set(['env', 'envFrom', 'subPath', 'driver']);

export const isFixed = (uses: readonly Use[]): boolean => uses.some((use) => FIXED.has(use));

/** Volumes whose drivers are given a Secret when the volume is mounted. */
const DRIVERS = [
  ['csi', 'nodePublishSecretRef'],
  ['azureFile', 'secretName'],
  ['cephfs', 'secretRef'],
  ['flexVolume', 'secretRef'],
  ['iscsi', 'secretRef'],
  ['rbd', 'secretRef'],
  ['scaleIO', 'secretRef'],
  ['storageos', 'secretRef'],
] as const;

/** In which ways a pod of this specification uses a Secret of its namespace; none: it does not. */
export function usesOf(podSpec: unknown, secret: string): readonly Use[] {
  const uses = new Set<Use>();
  const isIt = (name: unknown): boolean => name === secret;
  const containers = ['containers', 'initContainers'].flatMap((list) => listAt(podSpec, list));
  for (const container of containers) {
    for (const one of listAt(container, 'env')) {
      if (isIt(pick(one, 'valueFrom', 'secretKeyRef', 'name'))) uses.add('env');
    }
    for (const one of listAt(container, 'envFrom')) {
      if (isIt(pick(one, 'secretRef', 'name'))) uses.add('envFrom');
    }
  }
  for (const volume of listAt(podSpec, 'volumes')) {
    const use = useOfVolume(volume, isIt);
    if (use === undefined) continue;
    uses.add(use);
    if (use !== 'driver' && hasSubPath(containers, textAt(volume, 'name'))) uses.add('subPath');
  }
  const pulls = listAt(podSpec, 'imagePullSecrets');
  if (pulls.some((one) => isIt(pick(one, 'name')))) uses.add('imagePull');
  return [...uses];
}

function useOfVolume(volume: unknown, isIt: (name: unknown) => boolean): Use | undefined {
  if (isIt(pick(volume, 'secret', 'secretName'))) return 'volume';
  const sources = listAt(volume, 'projected', 'sources');
  if (sources.some((source) => isIt(pick(source, 'secret', 'name')))) return 'projected';
  const isDriver = DRIVERS.some(([driver, field]) => {
    const named = pick(volume, driver, field);
    return isIt(named) || isIt(pick(named, 'name'));
  });
  return isDriver ? 'driver' : undefined;
}

/** A file that is mounted alone is never written anew. */
function hasSubPath(containers: readonly unknown[], volume: string | undefined): boolean {
  return containers.some((container) =>
    listAt(container, 'volumeMounts').some(
      (mount) =>
        pick(mount, 'name') === volume &&
        (textAt(mount, 'subPath') ?? textAt(mount, 'subPathExpr') ?? '') !== '',
    ),
  );
}
