import type { Clock } from '../../../base/clock.ts';
import type { Entry, Match, Selector } from '../../registration/index.ts';
import type { TrustBundle } from '../../spiffe/index.ts';
import type { HeldSvid, NotEntitled, Starting } from '../ports.ts';

/** The entries of a workload, its default identity first; at least one, or why there is none. */
export type Matched =
  | { readonly kind: 'matches'; readonly matches: readonly Match[] }
  | NotEntitled
  | Starting;

/** An SVID that has just been issued. */
export interface FreshSvid extends Pick<HeldSvid, 'chain' | 'privateKey'> {
  /** Milliseconds since 1970. */
  readonly expiresAt: number;
}

/** What workloads trust. */
export interface Trust {
  readonly bundles: readonly TrustBundle[];
  readonly crls: readonly Buffer[];
}

export interface SvidCachePorts {
  /** The entries of a workload now. */
  match(selectors: readonly Selector[]): Matched;
  /** The bundles of these trust domains, as far as they are known, and what is revoked. */
  trustOf(trustDomains: ReadonlySet<string>): Trust;
  /** A new SVID with a new key. */
  issue(entry: Entry): Promise<FreshSvid>;
  readonly clock: Clock;
  /** From 0 to 1. */
  readonly random: () => number;
  /** Calls back after a while, unless what it gives is called before. */
  after(milliseconds: number, callBack: () => void): () => void;
  /** Hears of SVIDs that could not be issued; they are asked for again. */
  readonly onFailure?: (entry: Entry, thrown: unknown) => void;
}
