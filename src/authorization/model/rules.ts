import type { Protocol, Source } from '../../estate/words.ts';
import type { EnforcementMode, PolicyService } from './policy.ts';

/** What a policy comes to, callee by callee, once declarations, blocked endpoints and guardrails are taken together:
 *  the one form that every target is compiled from. It says the same as the engine of every question. */
export interface CalleeRules {
  readonly service: PolicyService;
  readonly mode: EnforcementMode;
  /** For each caller that is let in to anything, by its first identity. */
  readonly callers: readonly CallerRules[];
}

/** What one set of services that cannot be told apart may do: most often one service with its identities. */
export interface CallerRules {
  /** SPIFFE IDs; at least one. */
  readonly identities: readonly string[];
  /** The services that have all of these identities; more than one where they share them, and then what any of them
   *  declares is allowed to all, and what is forbidden to one is forbidden to all. */
  readonly services: readonly PolicyService[];
  /** Let in: what matches any of these. */
  readonly allowed: readonly OperationRule[];
}

/** Requests of one method whose path matches `path` exactly, all of `also` loosely, and nothing of `except` loosely
 *  (see the README of operations: loosely is decoded, and without regard to case). With `http`; otherwise a path is
 *  compared as it stands. */
export interface OperationRule {
  readonly protocol: Exclude<Protocol, 'grpc'>;
  /** As on the wire (`GET`; gRPC is `POST`); `*`: every method but those of `exceptMethods`. */
  readonly method: string;
  readonly exceptMethods: readonly string[];
  /** With `http` a path pattern; otherwise the field or topic; `/**` and `**`: everything. */
  readonly path: string;
  /** Most often empty: patterns that must match as well, where what is allowed is in none of them alone. A target that
   *  cannot say so must leave the rule out. */
  readonly also: readonly string[];
  /** Path patterns of the same method that are decided otherwise. */
  readonly except: readonly string[];
  /** Guardrails that look at the request itself, and so must be asked each time: their ids. A target that cannot ask
   *  them must not allow. */
  readonly conditions: readonly string[];
  /** The declarations that allow it. */
  readonly because: readonly Source[];
}
