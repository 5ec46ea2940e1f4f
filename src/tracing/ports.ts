import type { Criticality, Protocol } from '../estate/index.ts';
import type { SpanOperation, SpanParty } from '../estate/spans/index.ts';

/** What tracing is told by the rest of Reeve; everything is answered from memory, at once. */

/** What names in traffic mean. */
export interface Resolver {
  /** The id of a service of the estate or one that names itself; `external/HOST` for another host. */
  service(party: SpanParty): string;
  /** Services that go by a proved identity: several where they share an account, none where it is unknown. */
  servicesOf(principal: string): readonly string[];
  /** The endpoint that a request is of. */
  endpoint(service: string, operation: SpanOperation): TracedOperation;
}

export interface TracedOperation {
  readonly protocol: Protocol;
  readonly method: string;
  readonly template: string;
}

export interface KnownService {
  readonly id: string;
  readonly owner: string | null;
  readonly kind: 'workload' | 'datastore' | 'external';
  readonly exposure: 'internet' | 'internal';
  readonly criticality: Criticality | null;
  readonly identity: string | null;
  /** Kinds of data of any of its endpoints: `pii`, `pci`. */
  readonly sensitivity: readonly string[];
  /** It is declared, configured or implemented: more than its own word says that it exists. */
  readonly isVouchedFor: boolean;
}

export interface KnownEndpoint {
  readonly id: string;
  readonly status: 'governed' | 'shadow' | 'zombie' | 'dormant' | 'unowned';
  readonly sensitivity: readonly string[];
  readonly criticality: Criticality | null;
  readonly isBlocked: boolean;
}

/** What the policy in force says of a call. `undeclared`: the caller has a declaration, which does not have it;
 *  `unknown`: there is no policy for it. */
export type PolicyWord = 'declared' | 'undeclared' | 'forbidden' | 'unknown';

/** What the estate knows, for judging what traffic shows. */
export interface EstateView {
  service(id: string): KnownService | undefined;
  endpoint(service: string, operation: TracedOperation): KnownEndpoint | undefined;
  policy(caller: string, callee: string, operation: TracedOperation | undefined): PolicyWord;
  /** When a service was last rolled out, or declared something new, as clusters and repositories say: milliseconds since
   *  1970; 0: not known. */
  changedAt(service: string): number;
  /** Whether services of the estate declare what they call, as a rule: then it says something that one does not. */
  readonly isDeclared?: boolean;
}
