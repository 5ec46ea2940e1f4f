import { createHash } from 'node:crypto';
import { fieldsAt, listAt, numberAt, pick, textAt } from '../../../base/pick.ts';
import { type Use, usesOf } from './references.ts';

/** Kinds of workloads whose pods are replaced when their template changes, by what the API calls their lists. */
export const KINDS = {
  deployments: 'Deployment',
  statefulsets: 'StatefulSet',
  daemonsets: 'DaemonSet',
} as const;
export type WorkloadList = keyof typeof KINDS;

/** A workload that uses a Secret. */
export interface Consumer {
  /** `Deployment/orders` */
  readonly id: string;
  readonly path: string;
  readonly uses: readonly Use[];
  /** What its template says it was restarted for, and when; undefined: it never was. */
  readonly stamp: { readonly delivery: string; readonly at: number } | undefined;
  readonly rollout: Rollout;
}

/** How far the pods of a workload are.
 *  - `done`: all are new and available;
 *  - `going`: not all yet;
 *  - `failed`, `held`: they will not be without a person, who is told `why`. */
export interface Rollout {
  readonly state: 'done' | 'going' | 'failed' | 'held';
  readonly why: string;
}

/** The workload as one that uses a Secret; undefined: it does not. */
export function consumerOf(
  list: WorkloadList,
  object: unknown,
  secret: string,
): Consumer | undefined {
  const uses = usesOf(pick(object, 'spec', 'template', 'spec'), secret);
  const [name, namespace] = [
    textAt(object, 'metadata', 'name'),
    textAt(object, 'metadata', 'namespace'),
  ];
  if (uses.length === 0 || name === undefined || namespace === undefined) return undefined;
  const annotations = fieldsAt(object, 'spec', 'template', 'metadata', 'annotations');
  return {
    id: `${KINDS[list]}/${name}`,
    path: `/apis/apps/v1/namespaces/${namespace}/${list}/${name}`,
    uses,
    stamp: readStamp(textAt(annotations, stampName(secret))),
    rollout: rolloutOf(list, object),
  };
}

const MOST_NAME = 63;

/** The annotation of a template that names what its pods began with: one for each Secret.
 *  @see https://kubernetes.io/docs/concepts/overview/working-with-objects/annotations/#syntax-and-character-set */
export function stampName(secret: string): string {
  if (secret.length <= MOST_NAME) return `secrets.reeve.dev/${secret}`;
  const digest = createHash('sha256').update(secret).digest('hex').slice(0, 16);
  return `secrets.reeve.dev/${secret.slice(0, MOST_NAME - 17)}-${digest}`;
}

export const toStamp = (delivery: string, now: number): string =>
  `${delivery} ${new Date(now).toISOString()}`;

function readStamp(text: string | undefined): Consumer['stamp'] {
  const [delivery = '', time = ''] = (text ?? '').split(' ');
  const at = Date.parse(time);
  return delivery === '' || Number.isNaN(at) ? undefined : { delivery, at };
}

const done: Rollout = { state: 'done', why: 'all its pods are new' };

/** @see `kubectl rollout status` */
function rolloutOf(list: WorkloadList, object: unknown): Rollout {
  const generation = numberAt(object, 'metadata', 'generation') ?? 0;
  const isSeen = (numberAt(object, 'status', 'observedGeneration') ?? 0) >= generation;
  if (pick(object, 'spec', 'paused') === true) return { state: 'held', why: 'it is paused' };
  if (isSeen && isTooLate(object)) {
    return { state: 'failed', why: 'its progress deadline is over' };
  }
  const { wanted, updated, available, others } = COUNTS[list](object);
  if (isSeen && updated >= wanted && available >= wanted && others === 0) return done;
  if (isOnDelete(object) && isSeen && updated < wanted) {
    return {
      state: 'held',
      why: 'its pods are replaced only when somebody deletes them (OnDelete)',
    };
  }
  const ready = Math.min(updated, available);
  return {
    state: 'going',
    why: isSeen ? `${ready} of ${wanted} pods are new` : 'it has not begun',
  };
}

interface Counts {
  readonly wanted: number;
  readonly updated: number;
  readonly available: number;
  /** Old pods that are there still. */
  readonly others: number;
}

const COUNTS: Readonly<Record<WorkloadList, (object: unknown) => Counts>> = {
  deployments: (object) => {
    const count = statusOf(object);
    const wanted = numberAt(object, 'spec', 'replicas') ?? 1;
    const updated = count('updatedReplicas');
    const others = Math.max(0, count('replicas') - updated);
    return { wanted, updated, available: count('availableReplicas'), others };
  },
  statefulsets: (object) => {
    const count = statusOf(object);
    const replicas = numberAt(object, 'spec', 'replicas') ?? 1;
    const partition = numberAt(object, 'spec', 'updateStrategy', 'rollingUpdate', 'partition') ?? 0;
    const wanted = Math.max(0, replicas - partition);
    const isWhole =
      pick(object, 'status', 'updateRevision') === pick(object, 'status', 'currentRevision');
    // when the last one is new, the new revision becomes the current one, and none is counted as updated
    const updated = isWhole ? wanted : count('updatedReplicas');
    return { wanted, updated, available: count('availableReplicas'), others: 0 };
  },
  daemonsets: (object) => {
    const count = statusOf(object);
    return {
      wanted: count('desiredNumberScheduled'),
      updated: count('updatedNumberScheduled'),
      available: count('numberAvailable'),
      others: 0,
    };
  },
};

const statusOf =
  (object: unknown) =>
  (name: string): number =>
    numberAt(object, 'status', name) ?? 0;

function isTooLate(object: unknown): boolean {
  return listAt(object, 'status', 'conditions').some(
    (condition) =>
      pick(condition, 'type') === 'Progressing' &&
      pick(condition, 'reason') === 'ProgressDeadlineExceeded',
  );
}

const isOnDelete = (object: unknown): boolean =>
  pick(object, 'spec', 'updateStrategy', 'type') === 'OnDelete';
