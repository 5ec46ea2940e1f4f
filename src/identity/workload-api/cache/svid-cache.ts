import type { Entry, Match, Selector } from '../../registration/index.ts';
import { parseSpiffeId } from '../../spiffe/index.ts';
import type { Entitled, Entitlement, HeldSvid } from '../ports.ts';
import type { Matched, SvidCachePorts, Trust } from './ports.ts';
import { Slot, type SlotPorts } from './slot.ts';
import { Turns } from './turns.ts';

export interface SvidCacheLimits {
  /** SVIDs that are issued at once. */
  readonly maxIssuing: number;
}

interface Watcher {
  readonly selectors: readonly Selector[];
  readonly tell: (entitlement: Entitlement) => void;
  matched: Matched;
}

/** Holds the SVIDs of the workloads that ask, one for each entry however many workloads have it, keeps them fresh,
 *  and tells every workload what it is entitled to whenever that changes. */
export class SvidCache {
  readonly #ports: SlotPorts;
  /** By the ids of entries. */
  readonly #slots = new Map<string, Slot>();
  readonly #watchers = new Set<Watcher>();
  /** Who has a slot. */
  readonly #users = new Map<Slot, Set<Watcher>>();
  /** What several workloads are entitled to alike is one value; until something changes. */
  readonly #shared = new Map<string, Entitled>();

  constructor(ports: SvidCachePorts, { maxIssuing }: SvidCacheLimits) {
    this.#ports = {
      match: (selectors) => ports.match(selectors),
      trustOf: (trustDomains) => ports.trustOf(trustDomains),
      issue: (entry) => ports.issue(entry),
      clock: () => ports.clock(),
      random: () => ports.random(),
      after: (milliseconds, callBack) => ports.after(milliseconds, callBack),
      onFailure: (entry, thrown) => ports.onFailure?.(entry, thrown),
      turns: new Turns(maxIssuing),
      isWanted: (slot) => this.#users.has(slot),
      onUnwanted: (slot) => this.#drop(slot),
      onChange: (slot) => this.#tellUsers(slot),
    };
  }

  /** SVIDs that are held, or asked for. */
  get size(): number {
    return this.#slots.size;
  }

  /** How many workloads are told of changes. */
  get watchers(): number {
    return this.#watchers.size;
  }

  /** Tells what a workload is entitled to, as soon as that is known, and after each change, until what it gives is
   *  called. */
  watch(selectors: readonly Selector[], tell: (entitlement: Entitlement) => void): () => void {
    const watcher: Watcher = { selectors, tell, matched: this.#ports.match(selectors) };
    this.#watchers.add(watcher);
    this.#take(watcher);
    this.#tell(watcher);
    return () => {
      this.#watchers.delete(watcher);
      this.#release(watcher);
    };
  }

  /** To be called when entries have changed. What nobody has any more is forgotten, and only those are told
   *  anything whose own entries are others now. */
  entriesChanged(): void {
    this.#shared.clear();
    const changed: Watcher[] = [];
    for (const watcher of this.#watchers) {
      const matched = this.#ports.match(watcher.selectors);
      if (isSame(watcher.matched, matched)) continue;
      this.#release(watcher);
      watcher.matched = matched;
      this.#take(watcher);
      changed.push(watcher);
    }
    for (const slot of this.#slots.values()) if (!this.#users.has(slot)) this.#drop(slot);
    for (const watcher of changed) this.#tell(watcher);
  }

  /** To be called when bundles or lists of revoked certificates have changed. */
  trustChanged(): void {
    this.#shared.clear();
    for (const watcher of this.#watchers) this.#tell(watcher);
  }

  /** Renews every SVID now, as when what signed them is not to be trusted any more. */
  renewAll(): void {
    this.renewWhere(() => true);
  }

  /** Renews those SVIDs now that are not to be used any more; they came at `issuedAt`, in milliseconds since 1970. */
  renewWhere(isDue: (entry: Entry, issuedAt: number) => boolean): void {
    for (const slot of this.#slots.values()) {
      if (isDue(slot.entry, slot.issuedAt)) void slot.renew();
    }
  }

  /** Forgets everything; nobody is told anything after it. */
  close(): void {
    this.#watchers.clear();
    for (const slot of this.#slots.values()) this.#drop(slot);
  }

  #take(watcher: Watcher): void {
    if (watcher.matched.kind !== 'matches') return;
    for (const { entry } of watcher.matched.matches) {
      const slot = this.#slots.get(entry.id) ?? new Slot(entry, this.#ports);
      this.#slots.set(entry.id, slot);
      slot.update(entry);
      slot.catchUp();
      const users = this.#users.get(slot) ?? new Set();
      this.#users.set(slot, users.add(watcher));
    }
  }

  #release(watcher: Watcher): void {
    for (const slot of this.#slotsOf(watcher)) {
      const users = this.#users.get(slot);
      users?.delete(watcher);
      // The SVID stays until it would be renewed, for those who ask again and again.
      if (users?.size === 0) this.#users.delete(slot);
    }
  }

  #drop(slot: Slot): void {
    slot.close();
    this.#users.delete(slot);
    this.#slots.delete(slot.entry.id);
  }

  #slotsOf({ matched }: Watcher): Slot[] {
    if (matched.kind !== 'matches') return [];
    return matched.matches.flatMap(({ entry }) => this.#slots.get(entry.id) ?? []);
  }

  #tellUsers(slot: Slot): void {
    this.#shared.clear();
    for (const watcher of this.#users.get(slot) ?? []) this.#tell(watcher);
  }

  #tell(watcher: Watcher): void {
    const { matched, tell } = watcher;
    if (matched.kind !== 'matches') {
      tell(matched);
      return;
    }
    const slots = this.#slotsOf(watcher);
    // Everything is said at once, so that a workload does not begin with one identity of two.
    if (slots.some((slot) => !slot.svid && slot.because === undefined)) return;
    const held = matched.matches.filter(({ entry }) => this.#slots.get(entry.id)?.svid);
    const because = slots.find((slot) => slot.because !== undefined)?.because ?? 'none is held';
    if (held.length > 0) tell(this.#entitled(held));
    else tell({ kind: 'starting', because, trust: this.#trustOf(matched.matches) });
  }

  #entitled(matches: readonly Match[]): Entitled {
    const key = matches.map(({ entry, hint }) => `${entry.id} ${hint}`).join('\n');
    const known = this.#shared.get(key);
    if (known) return known;
    const { bundles, crls } = this.#trustOf(matches);
    const entitled: Entitled = {
      kind: 'entitled',
      svids: matches.flatMap((match) => this.#heldSvid(match)),
      bundles,
      crls,
    };
    this.#shared.set(key, entitled);
    return entitled;
  }

  #trustOf(matches: readonly Match[]): Trust {
    const ids = matches.map(({ entry }) => parseSpiffeId(entry.spiffeId).trustDomain);
    const others = matches.flatMap(({ entry }) => entry.federatesWith);
    return this.#ports.trustOf(new Set([...ids, ...others]));
  }

  #heldSvid({ entry, hint }: Match): HeldSvid[] {
    const svid = this.#slots.get(entry.id)?.svid;
    if (!svid) return [];
    const { spiffeId } = entry;
    const { chain, privateKey } = svid;
    const { trustDomain } = parseSpiffeId(spiffeId);
    return [{ spiffeId, trustDomain, chain, privateKey, hint }];
  }
}

/** Entries are never changed: one that says something else is another. */
function isSame(before: Matched, now: Matched): boolean {
  if (before.kind !== 'matches' || now.kind !== 'matches') return false;
  const { matches } = before;
  return (
    matches.length === now.matches.length &&
    now.matches.every(({ entry, hint }, at) => {
      return entry === matches[at]?.entry && hint === matches[at].hint;
    })
  );
}
