import { setTimeout as sleep } from 'node:timers/promises';
import type { Judgement, ReviewedChange } from '../authorization/admission/index.ts';
import { type Clock, toTimestamp } from '../base/clock.ts';
import type { Diagnostic } from '../base/diagnostic.ts';
import { Fault, quote, statusOf } from '../base/fault.ts';
import type { Log } from '../base/log.ts';
import type { EstateStore, Fact } from '../estate/index.ts';
import type { ClusterConfig, ClustersConfig } from '../sources/kubernetes/live/config/index.ts';
import type { LiveState } from '../sources/kubernetes/live/index.ts';
import type { Beside } from './admission/known-state.ts';
import { ClusterLink, type ClusterLinkPorts } from './cluster-link.ts';
import type { AdmissionTerms, Standing } from './cluster-messages.ts';

export interface LiveClustersPorts {
  readonly clusters: ClustersConfig;
  /** Of clusters that name none. */
  readonly environment: string;
  readonly store: EstateStore;
  readonly clock: Clock;
  readonly log: Log;
  /** How objects are judged before clusters take them; undefined: they are not. */
  readonly admission?: AdmissionTerms | undefined;
  /** Called after the facts of a cluster have changed. */
  readonly onFolded: () => void;
  /** Replaced in tests. */
  readonly quietMs?: number;
  readonly retryMs?: number;
  readonly makeLink?: (ports: ClusterLinkPorts) => ClusterLink;
}

/** How far reading a cluster has come. */
export interface ClusterState extends LiveState {
  readonly name: string;
  readonly environment: string;
  /** When what is known of its services last changed, RFC 3339. */
  readonly changedAt: string | null;
  readonly diagnosticCount: number;
}

/** The API server of one cluster, for whoever has a question to it.
 *  @throws {Fault} `cluster/…` */
export interface ClusterAsker {
  get(path: string, signal?: AbortSignal): Promise<unknown>;
  post(path: string, body: unknown, signal?: AbortSignal): Promise<unknown>;
  /** A strategic merge patch. */
  patch(path: string, body: unknown, signal?: AbortSignal): Promise<unknown>;
  /** All that a field manager wants of an object: server-side apply. */
  apply(path: string, body: unknown, signal?: AbortSignal): Promise<unknown>;
}

/** What is wrong with what a cluster has already, as it was judged last. */
export interface StandingState extends Standing {
  readonly cluster: string;
  /** RFC 3339. */
  readonly at: string;
}

interface Followed {
  readonly config: ClusterConfig;
  readonly environment: string;
  readonly link: ClusterLink;
  live: LiveState;
  changedAt: string | null;
  /** Of the cluster, and of its objects. */
  problems: readonly Diagnostic[];
  remarks: readonly Diagnostic[];
  /** What the store does not have yet. */
  waiting: readonly Fact[] | undefined;
  keeping: Promise<void> | undefined;
  standing: StandingState | undefined;
}

const RETRY_MS = 5_000;
const NOTHING_YET: LiveState = {
  state: 'starting',
  staleSince: null,
  objects: 0,
  kinds: 0,
  unread: [],
  failure: null,
};

/** Follows the configured clusters. What is known of each is the scope `cluster:NAME`: it stays when the
 *  cluster is lost, and the state says since when it may be old. */
export class LiveClusters {
  readonly #ports: LiveClustersPorts;
  readonly #followed: ReadonlyMap<string, Followed>;
  readonly #stop = new AbortController();

  constructor(ports: LiveClustersPorts) {
    this.#ports = ports;
    this.#followed = new Map(
      ports.clusters.map((config) => [config.name, this.#toFollowed(config)]),
    );
  }

  start(): void {
    for (const { link } of this.#followed.values()) link.start();
  }

  list(): readonly ClusterState[] {
    return [...this.#followed.values()].map((one) => {
      const { config, environment, live, changedAt, problems, remarks } = one;
      const diagnosticCount = problems.length + remarks.length;
      return { name: config.name, environment, ...live, changedAt, diagnosticCount };
    });
  }

  /** @throws {Fault} `cluster/not-found` */
  diagnostics(name: string): readonly Diagnostic[] {
    const { problems, remarks } = this.#cluster(name);
    return [...problems, ...remarks];
  }

  /** @throws {Fault} `cluster/not-found` */
  api(name: string): ClusterAsker {
    const { link } = this.#cluster(name);
    return {
      get: (path, signal) => link.ask({ method: 'GET', path }, signal),
      post: (path, body, signal) => link.ask({ method: 'POST', path, body }, signal),
      patch: (path, body, signal) => link.ask({ method: 'PATCH', path, body }, signal),
      apply: (path, body, signal) =>
        link.ask({ method: 'PATCH', path, body, patch: 'apply' }, signal),
    };
  }

  /** What an object would newly allow, beside what the cluster has.
   *  @throws {Fault} `cluster/…` */
  async review(name: string, change: ReviewedChange, signal?: AbortSignal): Promise<Judgement> {
    return this.#cluster(name).link.review(change, signal);
  }

  /** What is wrong with what clusters have already; those that were not judged yet are left out. */
  standing(): readonly StandingState[] {
    return [...this.#followed.values()].flatMap(({ standing }) => standing ?? []);
  }

  /** What is known beside the objects of clusters, by their environments. */
  know(besideOf: (cluster: string, environment: string) => Beside): void {
    for (const [name, { environment, link }] of this.#followed) {
      link.know(besideOf(name, environment));
    }
  }

  async close(): Promise<void> {
    this.#stop.abort();
    for (const { link } of this.#followed.values()) link.close();
    await Promise.all([...this.#followed.values()].map(({ keeping }) => keeping));
  }

  #cluster(name: string): Followed {
    const followed = this.#followed.get(name);
    if (followed) return followed;
    throw new Fault('cluster/not-found', `No cluster ${quote(name)} is configured`, {
      hint: 'GET /api/v1/clusters lists those that are',
    });
  }

  #toFollowed(config: ClusterConfig): Followed {
    const { log, clock, quietMs, makeLink = (ports) => new ClusterLink(ports) } = this.#ports;
    const environment = config.environment ?? this.#ports.environment;
    const { name } = config;
    const link = makeLink({
      cluster: config,
      environment,
      quietMs,
      admission: this.#ports.admission,
      onStanding: (standing) => {
        followed.standing = { ...standing, cluster: name, at: toTimestamp(clock()) };
      },
      onState: (live, problems) => {
        this.#logState(name, followed.live, live);
        followed.live = heldBy(followed, live);
        followed.problems = problems;
      },
      onFacts: (facts, remarks, seconds) => {
        followed.remarks = remarks;
        followed.waiting = facts;
        log.info({ cluster: name, factCount: facts.length, seconds }, 'cluster read');
        followed.keeping ??= this.#keep(followed).finally(() => {
          followed.keeping = undefined;
        });
      },
      onEnd: (why, againMs) => {
        log.error({ cluster: name, againMs }, why);
        const { state, staleSince } = followed.live;
        const isKnown = state !== 'starting';
        followed.live = {
          ...followed.live,
          state: isKnown ? 'stale' : 'starting',
          staleSince: isKnown ? (staleSince ?? toTimestamp(clock())) : null,
          failure: why,
        };
      },
    });
    const followed: Followed = {
      config,
      environment,
      link,
      live: NOTHING_YET,
      changedAt: null,
      problems: [],
      remarks: [],
      waiting: undefined,
      keeping: undefined,
      standing: undefined,
    };
    return followed;
  }

  #logState(cluster: string, before: LiveState, after: LiveState): void {
    const { log } = this.#ports;
    const { state, failure, objects, unread, staleSince } = after;
    if (before.state === state && before.failure === failure) return;
    const isWell = failure === null;
    log[isWell ? 'info' : 'warn'](
      { cluster, state, objects, unread, staleSince, failure },
      'cluster',
    );
  }

  /** Only the latest reading counts; it waits for a store that is away. */
  async #keep(followed: Followed): Promise<void> {
    const { store, clock, log, onFolded, retryMs = RETRY_MS } = this.#ports;
    const { signal } = this.#stop;
    const cluster = followed.config.name;
    while (followed.waiting !== undefined && !signal.aborted) {
      const facts = followed.waiting;
      followed.waiting = undefined;
      try {
        await store.replace(`cluster:${cluster}`, facts, toTimestamp(clock()));
        followed.changedAt = toTimestamp(clock());
        onFolded();
      } catch (thrown) {
        const isAway = thrown instanceof Fault && statusOf(thrown.code).http === 503;
        log[isAway ? 'warn' : 'error']({ cluster, err: thrown }, 'the cluster is not kept');
        if (!isAway) continue;
        followed.waiting ??= facts;
        await sleep(retryMs, undefined, { signal }).catch(() => {});
      }
    }
  }
}

/** A process that has begun anew knows nothing yet: what was read before is still what is known. */
function heldBy({ live, changedAt }: Followed, next: LiveState): LiveState {
  if (next.state !== 'starting' || changedAt === null) return next;
  return { ...next, state: 'stale', staleSince: live.staleSince, objects: live.objects };
}
