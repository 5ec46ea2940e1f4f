import { toHex } from '../estate/spans/index.ts';

/** How well it is known who called: `authenticated`, proved to a party that enforces it; `asserted`, by the workload's
 *  own word; `none`, nobody says. */
export const RANK = { none: 0, asserted: 1, authenticated: 2 } as const;
export type Rank = keyof typeof RANK;

export const OUTCOME = { ok: 0, failed: 1, denied: 2 } as const;

/** One request from one service to another, as all that was told of it says together. Numbers are those of `Names`; 0 is
 *  none. A few objects serve for all hops, so that a hop costs no allocation: nobody keeps one. */
export class Hop {
  /** Words of the trace's id; all 0: in no trace. */
  readonly trace = new Uint32Array(4);
  /** Words of the id of the span of the side that was called; of the caller's where only that is known. */
  readonly span = new Uint32Array(2);
  /** When it began: milliseconds since 1970, on a clock that is believed. */
  at = 0;
  durationMs = 0;
  /** Requests that it stands for. */
  count = 1;
  /** Service that called: the proved one where it is known, else the claimed one. 0: from outside, or unknown. */
  caller = 0;
  /** Service that called by its own word; 0 where nothing was said. */
  claimed = 0;
  /** Service that the proved identity is of; 0: none was proved, or it is of several. */
  proved = 0;
  /** The proved identity itself, under its number in `names.principals`. */
  principal = 0;
  callee = 0;
  /** Service that was to be called by the word of the side that called; another than the callee where somebody between
   *  the two sent the context on. 0: it does not say. */
  intended = 0;
  /** Number of the callee's endpoint; 0 where it is not known what was asked for. */
  endpoint = 0;
  /** Addresses under their numbers: the socket's that the request came from, and where caller and callee run. */
  address = 0;
  callerInstance = 0;
  calleeInstance = 0;
  /** What caller and callee run. */
  callerVersion = 0;
  calleeVersion = 0;
  status = 0;
  /** As in `OUTCOME`. */
  outcome: number = OUTCOME.ok;
  /** As in `RANK`. */
  rank: number = RANK.none;
  /** Nobody of the estate called: it came in from outside, or started by itself. */
  isEntry = false;
  /** A trace context came with it, as far as it can be seen. */
  hasContext = false;
  isMessage = false;
  /** The platform asked: a health check, a scrape. */
  isOperational = false;
  /** Only one side of it was seen. */
  isHalf = false;
  /** Only the side that called was seen: that the other exists is its word. */
  isUnanswered = false;
  /** Place in the trace, from 0 for what came in first: how many hops lead to it. */
  depth = 0;
  /** Number of this hop in the order of all hops, and of the hop that led to it; 0 where none is known. */
  id = 0;
  parent = 0;
}

/** What is kept of a hop that somebody may ask about later. */
export interface HopCopy {
  readonly id: number;
  readonly parent: number;
  readonly depth: number;
  /** Hexadecimal; null: in no trace. */
  readonly traceId: string | null;
  readonly at: number;
  readonly caller: number;
  readonly claimed: number;
  readonly proved: number;
  readonly principal: number;
  readonly callee: number;
  readonly endpoint: number;
  readonly address: number;
  readonly rank: number;
  readonly outcome: number;
  readonly isEntry: boolean;
}

/** What is kept of a hop; its object goes on to another. */
export function copyHop(hop: Hop): HopCopy {
  const { id, parent, depth, at, caller, claimed, proved, principal, callee, endpoint } = hop;
  return {
    ...{ id, parent, depth, at, caller, claimed, proved, principal, callee, endpoint },
    traceId: toHex(hop.trace, 0, hop.trace.length) ?? null,
    address: hop.address,
    rank: hop.rank,
    outcome: hop.outcome,
    isEntry: hop.isEntry,
  };
}
