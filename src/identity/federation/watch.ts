import { hash } from 'node:crypto';
import { auditEntryOf } from '../../audit/index.ts';
import type { Clock } from '../../base/clock.ts';
import { Fault, messageOf } from '../../base/fault.ts';
import type { NewAuditEntry } from '../../estate/index.ts';
import { type BundleLimits, parseBundle, type TrustBundle } from '../spiffe/index.ts';
import { type Fetched, nextDelay, type Pace } from './client/index.ts';
import { differenceOf, isSameBundle, judgeSequence, judgeTrustDomain } from './judge.ts';
import type { Relation } from './relation.ts';
import { type FederationStatus, type FetchFailure, statusOf } from './status.ts';
import type { BundleOrigin, HeldBundle } from './store/index.ts';

/** What one relation is watched with. */
export interface WatchPorts {
  readonly clock: Clock;
  /** From 0 to 1. */
  readonly random: () => number;
  /** Calls back after a while, unless what it gives is called before. */
  after(milliseconds: number, callBack: () => void): () => void;
  readonly pace: Pace;
  readonly limits: BundleLimits;
  /** The bundle that a person gives; undefined where none does.
   *  @throws {Fault} where it is in a file that cannot be read */
  given(relation: Relation): Promise<string | Buffer | undefined>;
  /** Asks the endpoint. */
  fetch(relation: Relation, etag: string | undefined, signal: AbortSignal): Promise<Fetched>;
  /** Makes the bundle durable, with its entries of the audit log. */
  keep(held: HeldBundle, entries: readonly NewAuditEntry[]): Promise<void>;
  /** Told when the bundle is another. */
  onChange(): void;
  readonly warn: (message: string, fault: unknown) => void;
}

/** How often it is kept that a bundle has not changed. */
const CHECKPOINT = 600_000;
/** Bundles that are held are not all fetched at the start of the process. */
const SPREAD = 5_000;
const WHO = { actor: 'reeve', reason: '' };

/** Keeps the bundle of one foreign trust domain: what is given, and what its endpoint says. */
export class RelationWatch {
  readonly relation: Relation;
  readonly #ports: WatchPorts;
  readonly #ended = new AbortController();
  #held: HeldBundle | undefined;
  /** When what is held was made durable. */
  #keptAt = Number.NEGATIVE_INFINITY;
  #etag: string | undefined;
  #failures = 0;
  #lastFailure: FetchFailure | null = null;
  /** What was told last of what is given, and of the endpoint: the same is told once. */
  readonly #told: Partial<Record<BundleOrigin, string>> = {};
  #nextTryAt: number | null = null;
  #cancel: () => void = () => {};
  #running: Promise<void> | undefined;

  constructor(relation: Relation, held: HeldBundle | undefined, ports: WatchPorts) {
    this.relation = relation;
    this.#held = held;
    this.#ports = ports;
  }

  get held(): HeldBundle | undefined {
    return this.#held;
  }

  get status(): FederationStatus {
    return statusOf(this.relation, this.#held, {
      failures: this.#failures,
      lastFailure: this.#lastFailure,
      nextTryAt: this.#nextTryAt,
    });
  }

  /** Takes what is given, without asking anybody; what is wrong with it is told by the status. */
  async prepare(): Promise<void> {
    try {
      await this.#takeGiven();
      delete this.#told.given;
    } catch (thrown) {
      this.#note('given', thrown);
    }
  }

  /** Fetches from now on, again and again. */
  start(): void {
    const isHeld = this.#held !== undefined;
    this.#plan(isHeld ? Math.min(SPREAD, this.#ports.pace.min) * this.#ports.random() : 0);
  }

  /** Fetches now; whoever asks while that goes on waits for the same fetch. */
  refresh(): Promise<void> {
    this.#running ??= this.#run().finally(() => {
      this.#running = undefined;
    });
    return this.#running;
  }

  /** Fetches soon where the last fetch failed: what made it fail may have changed. */
  retry(): void {
    if (this.#failures > 0 && this.#running === undefined) this.#plan(0);
  }

  /** Ends; nothing is kept afterwards. */
  async stop(): Promise<void> {
    this.#ended.abort();
    this.#cancel();
    await this.#running;
  }

  #plan(milliseconds: number): void {
    if (this.#ended.signal.aborted) return;
    this.#cancel();
    this.#nextTryAt = this.#ports.clock() + milliseconds;
    this.#cancel = this.#ports.after(milliseconds, () => void this.refresh());
  }

  async #run(): Promise<void> {
    this.#cancel();
    this.#nextTryAt = null;
    await this.prepare();
    try {
      const fetched = await this.#ports.fetch(this.relation, this.#etag, this.#ended.signal);
      if (fetched.kind === 'unchanged') await this.#confirm();
      else await this.#takeFetched(fetched);
      this.#failures = 0;
      delete this.#told.endpoint;
    } catch (thrown) {
      if (this.#ended.signal.aborted) return;
      this.#failures++;
      this.#note('endpoint', thrown);
    }
    const { random, pace } = this.#ports;
    const progress = {
      refreshHintSeconds: this.#held?.bundle.refreshHintSeconds,
      hasBundle: this.#held !== undefined,
      failures: this.#failures,
    };
    this.#plan(nextDelay(progress, pace, random()));
  }

  async #takeFetched({ bytes, etag }: Extract<Fetched, { kind: 'document' }>): Promise<void> {
    const bundle = this.#read(bytes);
    const known = this.#held;
    if (!this.relation.allowOlder) judgeSequence(known?.bundle, bundle);
    if (known && isSameBundle(known.bundle, bundle)) await this.#confirm();
    else {
      const now = this.#ports.clock();
      const given = known?.given ?? null;
      await this.#become({ bundle, origin: 'endpoint', changedAt: now, confirmedAt: now, given });
    }
    this.#etag = etag;
  }

  /** What a person gives counts until the endpoint is heard, and once: what has been taken already does
   *  not replace what the endpoint has said since.
   *  @see SPIFFE Federation §4.2 */
  async #takeGiven(): Promise<void> {
    const document = await this.#ports.given(this.relation);
    if (document === undefined) return;
    const given = hash('sha256', document);
    if (given === this.#held?.given) return;
    const bundle = this.#read(document);
    const now = this.#ports.clock();
    await this.#become({ bundle, origin: 'given', changedAt: now, confirmedAt: null, given });
    this.#etag = undefined;
  }

  #read(document: string | Buffer): TrustBundle {
    const { bundle } = parseBundle(this.relation.trustDomain, document, this.#ports.limits);
    judgeTrustDomain(bundle);
    return bundle;
  }

  async #become(held: HeldBundle): Promise<void> {
    if (this.#ended.signal.aborted) return;
    const entry = entryOf(this.#held?.bundle, held.bundle, held.origin, held.changedAt);
    await this.#ports.keep(held, [entry]);
    this.#held = held;
    this.#keptAt = held.changedAt;
    this.#ports.onChange();
  }

  /** The endpoint has what is held. */
  async #confirm(): Promise<void> {
    if (this.#held === undefined || this.#ended.signal.aborted) return;
    const now = this.#ports.clock();
    this.#held = { ...this.#held, confirmedAt: now };
    if (Math.abs(now - this.#keptAt) < CHECKPOINT) return;
    await this.#ports.keep(this.#held, []);
    this.#keptAt = now;
  }

  #note(from: BundleOrigin, thrown: unknown): void {
    const { code, hint = null } = thrown instanceof Fault ? thrown : { code: 'internal' };
    const why = messageOf(thrown);
    this.#lastFailure = { at: this.#ports.clock(), code, why, hint };
    if (this.#told[from] === why) return;
    this.#told[from] = why;
    this.#ports.warn('The bundle of a trust domain was not taken', thrown);
  }
}

function entryOf(
  before: TrustBundle | undefined,
  after: TrustBundle,
  origin: BundleOrigin,
  now: number,
): NewAuditEntry {
  const { trustDomain, sequence } = after;
  const said = { origin, sequence, ...differenceOf(before, after) };
  return auditEntryOf('federation.bundle', trustDomain, said, { ...WHO, now });
}
