import { entryOf, fieldsAt, listAt, pick, textAt, textsAt } from '../../../base/pick.ts';

/** What the API server says of a pod. */
export interface PodFacts {
  /** As the agent's configuration calls it; absent where there is one only. */
  readonly cluster?: string;
  readonly uid: string;
  readonly namespace: string;
  readonly account: string;
  readonly name: string;
  readonly node: string;
  readonly labels: Readonly<Record<string, string>>;
  /** `ReplicaSet`, and its name. */
  readonly owners: readonly { readonly kind: string; readonly name: string }[];
  /** By the id that its runtime gives it, without the runtime's name. */
  readonly containers: ReadonlyMap<string, ContainerFacts>;
}

export interface ContainerFacts {
  readonly name: string;
  /** As the pod asks for it. */
  readonly image: string | undefined;
}

/** Knows pods by their uid. */
export interface PodDirectory {
  /** Waits shortly for a pod, or for its container, that the API server has not told of yet.
   *  @returns what is known by then; undefined: no such pod */
  podOf(uid: string, containerId?: string): Promise<PodFacts | undefined>;
}

const NAME = /^[a-z0-9](?:[a-z0-9.-]{0,251}[a-z0-9])?$/;
const UID = /^[A-Za-z0-9-]{1,128}$/;
const CONTAINER_ID = /^[a-z0-9.+-]{1,32}:\/\/([0-9a-f]{64})$/;
const MAX_LABELS = 100;
const MAX_OWNERS = 10;
const MAX_CONTAINERS = 200;

/** Reads a Pod object; undefined where it lacks what a pod on a node has. */
export function readPod(object: unknown): PodFacts | undefined {
  const uid = textAt(object, 'metadata', 'uid') ?? '';
  const namespace = textAt(object, 'metadata', 'namespace') ?? '';
  const name = textAt(object, 'metadata', 'name') ?? '';
  const node = textAt(object, 'spec', 'nodeName') ?? '';
  const account = textAt(object, 'spec', 'serviceAccountName') || 'default';
  if (!UID.test(uid) || ![namespace, name, node, account].every((one) => NAME.test(one))) {
    return undefined;
  }
  const labels = Object.entries(textsAt(object, 'metadata', 'labels')).slice(0, MAX_LABELS);
  return {
    uid,
    namespace,
    account,
    name,
    node,
    labels: Object.fromEntries(labels),
    owners: listAt(object, 'metadata', 'ownerReferences')
      .slice(0, MAX_OWNERS)
      .flatMap((owner) => {
        const [kind, ownerName] = [textAt(owner, 'kind'), textAt(owner, 'name')];
        return kind && ownerName ? [{ kind, name: ownerName }] : [];
      }),
    containers: containersOf(object),
  };
}

const STATUSES = ['containerStatuses', 'initContainerStatuses', 'ephemeralContainerStatuses'];
const CONTAINERS = ['containers', 'initContainers', 'ephemeralContainers'];

function containersOf(object: unknown): ReadonlyMap<string, ContainerFacts> {
  const images = Object.fromEntries(
    CONTAINERS.flatMap((list) => listAt(fieldsAt(object, 'spec'), list)).flatMap((container) => {
      const [name, image] = [textAt(container, 'name'), textAt(container, 'image')];
      return name && image ? [[name, image] as const] : [];
    }),
  );
  const found = new Map<string, ContainerFacts>();
  for (const status of STATUSES.flatMap((list) => listAt(pick(object, 'status'), list))) {
    const name = textAt(status, 'name');
    for (const at of [['containerID'], ['lastState', 'terminated', 'containerID']]) {
      const id = CONTAINER_ID.exec(textAt(status, ...at) ?? '')?.[1];
      if (!id || !name || found.size >= MAX_CONTAINERS) continue;
      found.set(id, { name, image: entryOf(images, name) });
    }
  }
  return found;
}

export interface NodePodsOptions {
  /** Pods of other nodes do not count. */
  readonly node: string;
  /** Becomes `k8s:cluster:NAME`, where services of several clusters are registered. */
  readonly cluster?: string | undefined;
  /** For a pod, or its container, that is not known yet. */
  readonly waitMs?: number;
  readonly maxPods?: number;
}

const WAIT_MS = 1_000;
const MAX_PODS = 10_000;
const MAX_WAITING = 1_000;

/** The pods of one node, as whoever follows them tells. */
export class NodePods implements PodDirectory {
  readonly #options: NodePodsOptions;
  #pods = new Map<string, PodFacts>();
  readonly #waiting = new Set<() => void>();

  constructor(options: NodePodsOptions) {
    this.#options = options;
  }

  get size(): number {
    return this.#pods.size;
  }

  async podOf(uid: string, containerId?: string): Promise<PodFacts | undefined> {
    const isKnown = (): boolean => {
      const pod = this.#pods.get(uid);
      return pod !== undefined && (containerId === undefined || pod.containers.has(containerId));
    };
    if (!isKnown() && this.#waiting.size < MAX_WAITING) await this.#until(isKnown);
    return this.#pods.get(uid);
  }

  begin(): void {}

  take(object: unknown): PodFacts | undefined {
    const { node, cluster } = this.#options;
    const pod = readPod(object);
    if (pod?.node !== node) return undefined;
    return cluster === undefined ? pod : { ...pod, cluster };
  }

  replace(pods: readonly PodFacts[]): void {
    const { maxPods = MAX_PODS } = this.#options;
    this.#pods = new Map(pods.slice(0, maxPods).map((pod) => [pod.uid, pod]));
    this.#tell();
  }

  put(pod: PodFacts | undefined, object: unknown): void {
    const { maxPods = MAX_PODS } = this.#options;
    if (!pod) this.remove(object);
    else if (this.#pods.has(pod.uid) || this.#pods.size < maxPods) this.#pods.set(pod.uid, pod);
    this.#tell();
  }

  remove(object: unknown): void {
    this.#pods.delete(textAt(object, 'metadata', 'uid') ?? '');
  }

  malformed(): void {}

  changed(): void {}

  #tell(): void {
    for (const look of [...this.#waiting]) look();
  }

  #until(isKnown: () => boolean): Promise<void> {
    return new Promise((resolve) => {
      const end = (): void => {
        clearTimeout(timer);
        this.#waiting.delete(look);
        resolve();
      };
      const look = (): void => {
        if (isKnown()) end();
      };
      const timer = setTimeout(end, this.#options.waitMs ?? WAIT_MS);
      this.#waiting.add(look);
    });
  }
}
