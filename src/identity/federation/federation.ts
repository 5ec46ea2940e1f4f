import { auditEntryOf } from '../../audit/index.ts';
import { Fault, quote } from '../../base/fault.ts';
import type { NewAuditEntry } from '../../estate/index.ts';
import type { Asking } from '../authority/index.ts';
import type { BundleLimits, TrustBundle } from '../spiffe/index.ts';
import { type FederationParts, watchPortsOf } from './parts.ts';
import {
  configuredRelation,
  judgeSettable,
  judgeTexts,
  parseWish,
  type Relation,
  wishedRelation,
} from './relation.ts';
import type { RelationWish } from './relation-schema.ts';
import type { FederationStatus } from './status.ts';
import { FederationStore, type HeldBundle } from './store/index.ts';
import { RelationWatch } from './watch.ts';

/** What each trust domain is told to `onChange`. */
type Listener = (trustDomain: string) => void;

/** Trust in other trust domains: their bundles, fetched and kept. */
export class Federation {
  readonly #parts: FederationParts;
  readonly #store: FederationStore;
  readonly #limits: BundleLimits;
  readonly #watches = new Map<string, RelationWatch>();
  readonly #listeners = new Set<Listener>();
  #bundles: readonly TrustBundle[] = [];
  /** Relations are set and removed one after the other. */
  #turn: Promise<unknown> = Promise.resolve();
  #isClosed = false;

  private constructor(parts: FederationParts) {
    this.#parts = parts;
    this.#store = new FederationStore(parts.store);
    this.#limits = { maxBytes: parts.config.maxBundleBytes, maxKeys: parts.config.maxBundleKeys };
  }

  /** Has at once what was kept and what is given; then fetches, and goes on with it.
   *  @throws {Fault} `identity/federation-invalid` where the configuration names our own trust domain,
   *  `estate/unavailable` */
  static async open(parts: FederationParts): Promise<Federation> {
    const federation = new Federation(parts);
    await federation.#open();
    return federation;
  }

  /** One of each foreign trust domain whose bundle is known; the same objects until they change. */
  bundles(): readonly TrustBundle[] {
    return this.#bundles;
  }

  /** By trust domain. */
  statuses(): readonly FederationStatus[] {
    const all = [...this.#watches.values()].map(({ status }) => status);
    return all.sort((a, b) => (a.trustDomain < b.trustDomain ? -1 : 1));
  }

  /** Fetches a bundle now; how it went is told by the status.
   *  @throws {Fault} `identity/federation-not-found` */
  async refresh(trustDomain: string): Promise<FederationStatus> {
    const watch = this.#watchOf(trustDomain);
    await watch.refresh();
    return watch.status;
  }

  /** Tells which trust domain has another bundle, or none any more.
   *  @returns what ends it */
  onChange(listener: Listener): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }

  /** Federates with a trust domain, or does so in another way. The bundle that is held stays, until
   *  another is given or fetched.
   *  @param said a `RelationWish`
   *  @throws {Fault} `identity/federation-invalid`, `identity/federation-conflict` where the configuration
   *  file says it, `identity/federation-too-many`, `identity/bundle-…`, `estate/unavailable` */
  set(said: unknown, by: Asking): Promise<FederationStatus> {
    return this.#inTurn(() => this.#set(parseWish(said), by));
  }

  /** Ends federation with a trust domain: nobody of it is believed any more.
   *  @throws {Fault} `identity/federation-not-found`, `identity/federation-conflict`, `estate/unavailable` */
  remove(trustDomain: string, by: Asking): Promise<void> {
    return this.#inTurn(() => this.#remove(trustDomain, by));
  }

  /** Ends what is being fetched, and waits for what is being kept. */
  async close(): Promise<void> {
    this.#isClosed = true;
    await Promise.all([...this.#watches.values()].map((watch) => watch.stop()));
    await this.#turn;
    await this.#store.idle();
  }

  async #open(): Promise<void> {
    const { bundles, relations, damaged } = await this.#store.load();
    for (const what of damaged) {
      const why = `What was kept of federation as ${quote(what)} cannot be read`;
      this.#parts.warn(why, new Fault('identity/federation-damaged', why));
    }
    const configured = this.#parts.config.trustDomains.map(configuredRelation);
    for (const { trustDomain } of configured) this.#judgeForeign(trustDomain);
    const kept = [...relations.values()].map(({ wish }) => wishedRelation(wish));
    const isOurs = ({ trustDomain }: Relation) => trustDomain === this.#parts.trustDomain;
    // the configuration takes the place of what people have set
    for (const relation of [...kept.filter((one) => !isOurs(one)), ...configured]) {
      this.#watch(relation, bundles.get(relation.trustDomain));
    }
    await this.#forget([...bundles.keys()].filter((name) => !this.#watches.has(name)));
    await Promise.all([...this.#watches.values()].map((watch) => watch.prepare()));
    this.#gather();
    for (const watch of this.#watches.values()) watch.start();
  }

  /** Of trust domains that the configuration no longer names. */
  async #forget(trustDomains: readonly string[]): Promise<void> {
    const by = { actor: 'reeve', reason: 'the configuration no longer names it' };
    for (const trustDomain of trustDomains) {
      const entries = [this.#entry('federation.remove', trustDomain, {}, by)];
      await this.#store.save({ trustDomain, bundle: null, entries });
    }
  }

  async #set(wish: RelationWish, by: Asking): Promise<FederationStatus> {
    const { trustDomain, url, profile } = wish;
    this.#judgeForeign(trustDomain);
    const before = this.#watches.get(trustDomain);
    if (before) judgeSettable(before.relation);
    else this.#judgeCount();
    judgeTexts(wish, this.#limits);
    const relation = wishedRelation(wish);
    const endpoint = relation.endpointId?.uri;
    await this.#store.save({
      trustDomain,
      relation: { wish, setBy: by.actor, setAt: this.#parts.clock() },
      entries: [this.#entry('federation.set', trustDomain, { url, profile, endpoint }, by)],
    });
    await before?.stop();
    const watch = this.#watch(relation, before?.held);
    await watch.prepare();
    if (!this.#isClosed) watch.start();
    return watch.status;
  }

  async #remove(trustDomain: string, by: Asking): Promise<void> {
    const watch = this.#watchOf(trustDomain);
    const { relation } = watch;
    judgeSettable(relation);
    // first, so that nothing is kept behind what is removed
    await watch.stop();
    const entries = [this.#entry('federation.remove', trustDomain, { url: relation.url }, by)];
    try {
      await this.#store.save({ trustDomain, relation: null, bundle: null, entries });
    } catch (thrown) {
      if (!this.#isClosed) this.#watch(relation, watch.held).start();
      throw thrown;
    }
    this.#watches.delete(trustDomain);
    this.#changed(trustDomain);
  }

  #inTurn<Result>(act: () => Promise<Result>): Promise<Result> {
    const turn = this.#turn.then(act);
    this.#turn = turn.catch(() => undefined);
    return turn;
  }

  #watchOf(trustDomain: string): RelationWatch {
    const watch = this.#watches.get(trustDomain);
    if (watch) return watch;
    const why = `There is no federation with ${quote(trustDomain)}`;
    throw new Fault('identity/federation-not-found', why);
  }

  #judgeForeign(trustDomain: string): void {
    if (trustDomain !== this.#parts.trustDomain) return;
    const why = `${quote(trustDomain)} is our own trust domain, with which there is no federation`;
    throw new Fault('identity/federation-invalid', why);
  }

  #judgeCount(): void {
    const { maxTrustDomains } = this.#parts.config;
    if (this.#watches.size < maxTrustDomains) return;
    const why = `There is federation with ${this.#watches.size} trust domains, as many as are allowed`;
    const hint = 'remove one, or raise identity.federation.maxTrustDomains';
    throw new Fault('identity/federation-too-many', why, { hint });
  }

  #watch(relation: Relation, held: HeldBundle | undefined): RelationWatch {
    const { trustDomain } = relation;
    const ports = watchPortsOf(this.#parts, this.#limits, {
      bundleOf: (name) => this.#watches.get(name)?.held?.bundle,
      keep: (bundle, entries) => this.#store.save({ trustDomain, bundle, entries }),
      onChange: () => this.#changed(trustDomain),
    });
    const watch = new RelationWatch(relation, held, ports);
    this.#watches.set(trustDomain, watch);
    return watch;
  }

  #entry(
    action: 'federation.set' | 'federation.remove',
    trustDomain: string,
    said: Readonly<Record<string, unknown>>,
    { actor, reason }: Asking,
  ): NewAuditEntry {
    return auditEntryOf(action, trustDomain, said, { actor, reason, now: this.#parts.clock() });
  }

  #gather(): void {
    this.#bundles = [...this.#watches.values()].flatMap(({ held }) => held?.bundle ?? []);
  }

  #changed(trustDomain: string): void {
    this.#gather();
    for (const listener of this.#listeners) {
      try {
        listener(trustDomain);
      } catch (thrown) {
        this.#parts.warn('A change of a foreign bundle was not passed on', thrown);
      }
    }
    this.#retryThoseBehind(trustDomain);
  }

  /** Endpoints that could not be verified may be with the new bundle. */
  #retryThoseBehind(trustDomain: string): void {
    for (const watch of this.#watches.values()) {
      const { trustDomain: of, endpointId } = watch.relation;
      if (of !== trustDomain && endpointId?.trustDomain === trustDomain) watch.retry();
    }
  }
}
