import type { Criticality, Protocol } from '../../../src/estate/index.ts';
import type { Random } from './random.ts';

export const MINUTE_MS = 60_000;
export const HOUR_MS = 60 * MINUTE_MS;
export const DAY_MS = 24 * HOUR_MS;

/** An identity that workloads prove by mTLS; some are of several workloads. */
export interface Account {
  readonly principal: string;
  readonly users: Workload[];
}

export interface Endpoint {
  readonly number: number;
  readonly workload: Workload;
  readonly protocol: Protocol;
  readonly method: string;
  readonly template: string;
  readonly sensitivity: readonly string[];
  /** It is in a specification: the estate knows it, and its data. */
  readonly isDeclared: boolean;
  /** How much of what its workload is asked for is this. */
  readonly popularity: number;
  readonly calls: Call[];
}

/** What serving an endpoint may bring with it. */
export interface Call {
  readonly target: Endpoint;
  readonly probability: number;
  readonly isMessage: boolean;
}

/** Who tells of requests to a workload: its own instrumentation, a proxy before it, both, a proxy that knows of no
 *  traces, or nobody but its callers. */
export type Reporter = 'own' | 'proxy' | 'own and proxy' | 'blind proxy' | 'nobody';

/** What becomes of the context of a request in those that it leads to. */
export interface ContextHabit {
  /** How often it is lost. */
  readonly lost: number;
  /** What is lost starts as a trace of its own; else nothing at all is sent on. */
  readonly startsAnew: boolean;
}

export interface Pod {
  readonly address: string;
  /** It serves the next version already. */
  isCanary: boolean;
  endsAt: number;
}

export interface Workload {
  readonly number: number;
  /** `prod/NAMESPACE/NAME` */
  readonly id: string;
  readonly name: string;
  /** The name that its instrumentation gives: mostly its own. */
  readonly calledItself: string;
  readonly namespace: string;
  readonly tier: number;
  readonly kind: 'workload' | 'datastore';
  readonly exposure: 'internet' | 'internal';
  readonly criticality: Criticality;
  readonly isVouchedFor: boolean;
  /** It has a declaration of what it calls. */
  readonly isGoverned: boolean;
  readonly popularity: number;
  readonly reporter: Reporter;
  /** It tells the address that a request came from. */
  readonly tellsAddress: boolean;
  readonly context: ContextHabit;
  readonly skewMs: number;
  readonly bornAt: number;
  account: Account | null;
  readonly endpoints: Endpoint[];
  pods: Pod[];
  release: number;
  /** When the estate last heard that it changed; 0: never. */
  changedAt: number;
  /** `CALLEE'S NUMBER` and, for operations, the endpoint's: what its declaration allows. */
  readonly declared: Set<number>;
}

export interface Estate {
  readonly workloads: Workload[];
  readonly endpoints: Endpoint[];
  readonly accounts: Account[];
  readonly random: Random;
}
