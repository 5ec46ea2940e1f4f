import { setTimeout as sleep } from 'node:timers/promises';
import { type Clock, systemClock, toTimestamp } from '../../../base/clock.ts';
import { type Diagnostic, toDiagnostic } from '../../../base/diagnostic.ts';
import { Fault } from '../../../base/fault.ts';
import type { Fields } from '../../../base/pick.ts';
import type { ClusterApi } from './api.ts';
import { ApiFault } from './api-fault.ts';
import { type ApiResource, Discovery, resourceName } from './discovery.ts';
import { DEFAULT_FOLLOW_LIMITS, Follower, type FollowLimits, isForbidden } from './follower.ts';
import { type Kept, keep } from './kept.ts';
import { type Kinds, LIVE_KINDS } from './kinds.ts';
import { titleOf } from './list.ts';
import { livePlaceOf } from './live-resource.ts';
import {
  Budget,
  Collected,
  DEFAULT_OBJECT_LIMITS,
  type LeftOut,
  type ObjectLimits,
} from './objects.ts';

export interface LiveClusterParts {
  readonly name: string;
  readonly api: ClusterApi;
  /** Empty: all. */
  readonly namespaces: readonly string[];
  /** What is known has changed; not before all of it is. */
  onChange(): void;
  /** What a status tells has changed. */
  onState?(): void;
  readonly clock?: Clock;
  readonly kinds?: readonly Kinds[];
  readonly limits?: Partial<ObjectLimits & FollowLimits>;
  /** Between two looks at which kinds there are. */
  readonly discoverMs?: number;
  /** How long a collection that cannot be read holds up those that can. */
  readonly patienceMs?: number;
}

/** How far reading a cluster has come. */
export interface LiveState {
  /** `starting`: not everything has been read yet; `current`: followed; `stale`: it was, and what is known is
   *  kept. */
  readonly state: 'starting' | 'current' | 'stale';
  /** Since when what is known may be old, RFC 3339. */
  readonly staleSince: string | null;
  readonly objects: number;
  readonly kinds: number;
  /** Kinds that cannot be read, as RBAC names them. */
  readonly unread: readonly string[];
  readonly failure: string | null;
}

/** What becomes of one object. */
export interface ObjectChange {
  readonly group: string;
  readonly version: string;
  readonly kind: string;
  readonly plural: string;
  /** Undefined: it is in none. */
  readonly namespace: string | undefined;
  readonly name: string;
  /** Undefined: it is gone. */
  readonly object: Fields | undefined;
}

interface Followed {
  readonly follower: Follower<Kept>;
  readonly collected: Collected;
}

const DISCOVER_MS = 5_000;
const PATIENCE_MS = 60_000;

/** What is in a running cluster, of what readers look at, kept up to date. */
export class LiveCluster {
  readonly #parts: LiveClusterParts;
  readonly #clock: Clock;
  readonly #limits: FollowLimits;
  readonly #budget: Budget;
  readonly #followed = new Map<string, Followed>();
  readonly #stop = new AbortController();
  readonly #startedAt: number;
  #discoveredAt: number | undefined;
  #failure: Fault | undefined;
  #unknownGroups: ReadonlySet<string> = new Set();
  #isComplete = false;
  #ended: Promise<void> = Promise.resolve();

  constructor(parts: LiveClusterParts) {
    const { clock = systemClock, limits = {} } = parts;
    this.#parts = parts;
    this.#clock = clock;
    this.#limits = { ...DEFAULT_FOLLOW_LIMITS, ...limits };
    this.#budget = new Budget({ ...DEFAULT_OBJECT_LIMITS, ...limits });
    this.#startedAt = clock();
  }

  start(): void {
    this.#ended = this.#discoverAgain();
  }

  async close(): Promise<void> {
    this.#stop.abort();
    await this.#ended;
    await Promise.all([...this.#followed.values()].map(({ follower }) => follower.close()));
  }

  /** Every object, as it was last seen. */
  *values(): Generator<Fields> {
    for (const { collected } of this.#followed.values()) yield* collected.values();
  }

  /** Every object, with one as it would be after a change, or without it; undefined where nothing is kept of it
   *  before and after, or what is kept is the same.
   *  @throws {Fault} `cluster/object-…` where it is beyond what is kept of one */
  valuesWith(change: ObjectChange): Fields[] | undefined {
    const { group, version, kind, plural, namespace, name, object } = change;
    const namespaced = namespace !== undefined;
    const own = [...this.#followed.values()].filter(
      ({ follower: { collection } }) =>
        collection.resource.group === group && collection.resource.kind === kind,
    );
    const metadataOnly = own.some(({ follower }) => follower.collection.resource.metadataOnly);
    const resource = { group, version, kind, plural, namespaced, metadataOnly };
    const after = object === undefined ? 'unneeded' : keep(object, resource, this.#budget.limits);
    if (typeof after === 'string' && after !== 'unneeded') {
      const title = livePlaceOf(this.#parts.name, `${kind} ${name}`);
      const why = LEFT_OUT[after](this.#budget.limits);
      throw new Fault(`cluster/object-${after}`, `${title} ${why}`);
    }
    const key = `${namespace ?? ''}/${name}`;
    const before = own.flatMap(({ collected }) => collected.get(key) ?? [])[0];
    const kept = typeof after === 'string' ? undefined : after;
    if (before?.digest === kept?.digest) return undefined;
    const others = [...this.values()].filter((value) => value !== before?.value);
    return kept === undefined ? others : [...others, kept.value];
  }

  get state(): LiveState {
    const unread = this.#unread();
    const failing = this.#failing();
    const failure = this.#failure ?? failing[0]?.follower.failure;
    const isStale = this.#isComplete && failure !== undefined;
    return {
      state: isStale ? 'stale' : this.#isComplete ? 'current' : 'starting',
      staleSince: isStale ? toTimestamp(this.#contactAt(failing)) : null,
      objects: this.#budget.objects,
      kinds: new Set([...this.#followed.values()].map(({ follower }) => kindOf(follower))).size,
      unread: [...new Set(unread.map(({ follower }) => kindOf(follower)))].sort(),
      failure: failure === undefined ? null : failure.message,
    };
  }

  /** What could not be read, and what to do about it. */
  diagnostics(): Diagnostic[] {
    const place = `cluster ${this.#parts.name}`;
    const all = [...this.#followed.values()];
    return [
      ...(this.#failure ? [toDiagnostic(this.#failure, place, 'cluster/unavailable')] : []),
      ...[...this.#unknownGroups].map((group) => toUnknown(group, place)),
      ...this.#unread().map(({ follower }) => toUnread(follower, place)),
      ...all.flatMap(({ follower, collected }) =>
        [...collected.leftOut].map(([why, { count, example }]) => {
          const title = `${follower.collection.resource.kind} ${example}`.trim();
          return toLeftOut(why, count, livePlaceOf(this.#parts.name, title), this.#budget.limits);
        }),
      ),
    ];
  }

  async #discoverAgain(): Promise<void> {
    const { signal } = this.#stop;
    const { api, kinds = LIVE_KINDS, discoverMs = DISCOVER_MS } = this.#parts;
    const discovery = new Discovery(api, kinds);
    while (!signal.aborted) {
      try {
        const { resources, unknown } = await discovery.discover(signal);
        // what waits for a server that was away need not wait any longer
        if (this.#failure) for (const { follower } of this.#followed.values()) follower.wake();
        this.#failure = undefined;
        this.#unknownGroups = unknown;
        this.#discoveredAt = this.#clock();
        await this.#follow(resources, unknown);
      } catch (thrown) {
        if (signal.aborted) return;
        this.#failure = thrown as Fault;
      }
      this.#changed(false);
      const waitMs = this.#isComplete ? discoverMs : Math.min(discoverMs, 2_000);
      await sleep(waitMs, undefined, { signal }).catch(() => {});
    }
  }

  /** Begins to follow what is there now, and gives up what is there no more. */
  async #follow(resources: readonly ApiResource[], unknown: ReadonlySet<string>): Promise<void> {
    const wanted = new Map(
      resources.flatMap((resource) => this.#collectionsOf(resource)).map((one) => [one.key, one]),
    );
    for (const [key, { follower, collected }] of [...this.#followed]) {
      if (wanted.has(key) || unknown.has(follower.collection.resource.group)) continue;
      await follower.close();
      collected.clear();
      this.#followed.delete(key);
    }
    for (const [key, { collection }] of wanted) {
      if (this.#followed.has(key) || this.#stop.signal.aborted) continue;
      const collected = new Collected({
        resource: collection.resource,
        budget: this.#budget,
        onChange: () => this.#changed(true),
        onState: () => this.#changed(false),
      });
      const { api } = this.#parts;
      const clock = this.#clock;
      const follower = new Follower({
        api,
        collection,
        taker: collected,
        limits: this.#limits,
        clock,
      });
      this.#followed.set(key, { follower, collected });
      follower.start();
    }
  }

  #collectionsOf(resource: ApiResource) {
    const { namespaces } = this.#parts;
    const key = `${resourceName(resource)}/${resource.version}`;
    if (namespaces.length === 0) return [{ key, collection: { resource } }];
    const isNamespace = resource.group === '' && resource.kind === 'Namespace';
    if (!resource.namespaced && !isNamespace) return [{ key, collection: { resource } }];
    return namespaces.map((namespace) => ({
      key: `${key}/${namespace}`,
      collection: isNamespace
        ? { resource, fieldSelector: `metadata.name=${namespace}` }
        : { resource, namespace },
    }));
  }

  /** Followed collections that were listed once and cannot be followed now. */
  #failing(): Followed[] {
    return [...this.#followed.values()].filter(
      ({ follower }) => follower.failure !== undefined && follower.isListed,
    );
  }

  #unread(): Followed[] {
    return [...this.#followed.values()].filter(
      ({ follower }) => follower.failure !== undefined && !follower.isListed,
    );
  }

  #contactAt(failing: readonly Followed[]): number {
    const contacts = failing.flatMap(({ follower }) => follower.contactAt ?? []);
    if (this.#failure && this.#discoveredAt !== undefined) contacts.push(this.#discoveredAt);
    return Math.min(...contacts);
  }

  /** Once everything that can be read has been read, changes are told. */
  #changed(isContent: boolean): void {
    const { onChange, onState, patienceMs = PATIENCE_MS } = this.#parts;
    if (this.#stop.signal.aborted) return;
    const isFirst = !this.#isComplete && this.#isRead(this.#clock() - this.#startedAt > patienceMs);
    if (isFirst) this.#isComplete = true;
    if (this.#isComplete && (isFirst || isContent)) onChange();
    onState?.();
  }

  #isRead(isImpatient: boolean): boolean {
    const all = [...this.#followed.values()].map(({ follower }) => follower);
    return (
      this.#discoveredAt !== undefined &&
      (isImpatient || this.#unknownGroups.size === 0) &&
      all.some((follower) => follower.isListed) &&
      all.every(
        (follower) =>
          follower.isListed ||
          isForbidden(follower.failure) ||
          (isImpatient && follower.failure !== undefined),
      )
    );
  }
}

function kindOf({ collection }: Follower<Kept>): string {
  return resourceName(collection.resource);
}

function toUnknown(group: string, file: string): Diagnostic {
  return {
    severity: 'warning',
    code: 'cluster/unavailable',
    message: `the cluster does not say which kinds it has of ${group || 'the core group'}; it is asked again`,
    file,
  };
}

/** Secrets need not be read: who uses them says their names. */
function toUnread({ collection, failure }: Follower<Kept>, place: string): Diagnostic {
  const { resource } = collection;
  const rule = `apiGroups: ["${resource.group}"], resources: ["${resource.plural}"], verbs: ["list", "watch"]`;
  const isSecret = resource.metadataOnly;
  if (isForbidden(failure)) {
    return {
      severity: isSecret ? 'note' : 'warning',
      code: 'cluster/forbidden',
      message: isSecret
        ? 'metadata of Secrets may not be listed: they are known only where workloads name them'
        : `${titleOf(collection)} may not be listed, so what they say is not known`,
      hint: `give the account a rule { ${rule} }`,
      file: place,
    };
  }
  return {
    ...toDiagnostic(
      failure ?? new ApiFault('unavailable', 'not read'),
      place,
      'cluster/unavailable',
    ),
    message: `${titleOf(collection)} cannot be read: ${failure?.message ?? ''}`,
  };
}

const LEFT_OUT: Readonly<Record<LeftOut, (limits: ObjectLimits) => string>> = {
  malformed: () => 'is no object of its kind',
  'too-deep': ({ maxDepth }) => `is nested deeper than ${maxDepth} levels`,
  'too-large': ({ maxObjectBytes }) => `is larger than ${maxObjectBytes} bytes`,
  'too-many': ({ maxObjects, maxBytes }) =>
    `finds no room: ${maxObjects} objects and ${Math.floor(maxBytes / 1_048_576)} MB are kept (maxObjects, maxMegabytes)`,
};

function toLeftOut(why: LeftOut, count: number, file: string, limits: ObjectLimits): Diagnostic {
  const others = count > 1 ? `; so ${count} times` : '';
  return {
    severity: 'warning',
    code: `cluster/object-${why}`,
    message: `${LEFT_OUT[why](limits)}, so it was left out${others}`,
    file,
  };
}
