import type { Usual } from '../baseline/index.ts';
import type { Hop } from '../hop.ts';
import type { KnownEndpoint, KnownService, PolicyWord } from '../ports.ts';

/** A service that takes part in a hop. */
export interface Participant {
  readonly number: number;
  /** `*`: from outside, or unknown. */
  readonly id: string;
  /** The id's last part, for sentences. */
  readonly name: string;
  readonly known: KnownService | undefined;
}

/** A hop in which something is unusual, with all that detections judge it by. */
export interface Subject {
  readonly hop: Readonly<Hop>;
  readonly usual: Readonly<Usual>;
  readonly from: Participant;
  readonly to: Participant;
  /** Who called by its own word. */
  readonly claimed: Participant | undefined;
  /** The service that is known to run where the request came from. */
  readonly place: Participant | undefined;
  /** By the word of the side that called, it called another, which sent on what it was called with: nothing is claimed. */
  readonly isPassedOn: boolean;
  readonly principal: string;
  readonly address: string;
  /** As declarations write it: `POST /v1/charges`; `*` where it is not known. */
  readonly operation: string;
  readonly endpoint: KnownEndpoint | undefined;
  readonly policy: PolicyWord;
  /** Services of the estate declare what they call, as a rule. */
  readonly isDeclared: boolean;
  /** Kinds of data that the target holds: of the endpoint, where that is known, else of the service. */
  readonly sensitivity: readonly string[];
  /** Milliseconds since the caller and the callee were last changed: rolled out, or declared anew. Infinity: not known. */
  readonly callerChangedMs: number;
  readonly calleeChangedMs: number;
  /** Of a caller that nobody vouches for: a service of the estate with a name much like its own. */
  readonly lookalike: string | undefined;
}
