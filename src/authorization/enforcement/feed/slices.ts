import { Fault } from '../../../base/fault.ts';
import { oncePer } from '../../../base/once.ts';
import type { Policy } from '../../model/index.ts';
import { readSlice } from './read-slice.ts';
import { servicesOf, sliceOf, toPolicy } from './slice.ts';
import { type WrittenSlice, writeSlice } from './write-slice.ts';

/** What slices are cut from. */
interface Known {
  readonly policy: Policy;
  /** The services that calls can be decided of; undefined: all of them. */
  readonly callees: ReadonlySet<string> | undefined;
}

/** A slice, or why there is none. */
type Cut = { readonly slice: WrittenSlice } | { readonly fault: Fault } | 'nothing';

/** The policy of this moment, for those who decide elsewhere: workloads, each by what it is, and agents, for the
 *  workloads of their machines. An agent has one of its own, of what it was sent. */
export class PolicySlices {
  readonly #listeners = new Set<() => void>();
  #known: Known | undefined;
  /** By what they are of; anew for each policy. */
  #cuts = new Map<string, Cut>();
  #ofIds = oncePer((spiffeIds: readonly string[]) => this.#find(spiffeIds));

  /** The slice of the services that have one of these SPIFFE IDs; without callees where none has. Undefined: nothing is
   *  known of them yet. The same value as long as it says the same.
   *  @throws {Fault} `authorization/slice-too-large` */
  of(spiffeIds: readonly string[]): WrittenSlice | undefined {
    const cut = this.#ofIds(spiffeIds);
    if (cut === 'nothing') return undefined;
    if ('fault' in cut) throw cut.fault;
    return cut.slice;
  }

  /** Tells of another policy; what it gives ends that. */
  onChange(listener: () => void): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }

  /** Takes another policy, all of it. */
  replace(policy: Policy): void {
    this.#set({ policy, callees: undefined });
  }

  /** Takes what another one has sent.
   *  @returns the policy that it comes to, and the ids of the services that calls can be decided of
   *  @throws {Fault} as `readSlice`: what was known before holds */
  take(bytes: Uint8Array): { readonly policy: Policy; readonly callees: ReadonlySet<string> } {
    const slice = readSlice(bytes);
    const known = { policy: toPolicy(slice), callees: new Set(slice.callees) };
    this.#set(known);
    return known;
  }

  /** Forgets it: nothing is known. */
  drop(): void {
    this.#set(undefined);
  }

  #set(known: Known | undefined): void {
    this.#known = known;
    this.#cuts = new Map();
    this.#ofIds = oncePer((spiffeIds) => this.#find(spiffeIds));
    for (const listener of this.#listeners) listener();
  }

  #find(spiffeIds: readonly string[]): Cut {
    if (this.#known === undefined) return 'nothing';
    const { policy, callees } = this.#known;
    const named = servicesOf(policy, spiffeIds);
    const ids = callees === undefined ? named : named.filter((id) => callees.has(id));
    // they are services, of which this machine was told nothing yet
    if (named.length > 0 && ids.length === 0) return 'nothing';
    const key = ids.sort().join('\n');
    const cut = this.#cuts.get(key) ?? cutOf(policy, ids);
    this.#cuts.set(key, cut);
    return cut;
  }
}

function cutOf(policy: Policy, calleeIds: readonly string[]): Cut {
  try {
    return { slice: writeSlice(sliceOf(policy, calleeIds)) };
  } catch (thrown) {
    if (thrown instanceof Fault) return { fault: thrown };
    throw thrown;
  }
}
