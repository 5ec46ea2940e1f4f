import { DAY_MS } from './model.ts';

/** What an estate is like, and how long it is watched. Shares are of 0 to 1; rates are for a day and 100 workloads
 *  where nothing else is said. */
export interface WorldSettings {
  readonly workloads: number;
  readonly tracesADay: number;
  readonly learningDays: number;
  readonly judgedDays: number;
  /** Of each of the eight kinds. */
  readonly attacksOfAKind: number;
  /** A Monday. */
  readonly startsAt: number;
}

export const USUAL: Omit<WorldSettings, 'workloads'> = {
  tracesADay: 20_000,
  learningDays: 14,
  judgedDays: 7,
  attacksOfAKind: 4,
  startsAt: Date.UTC(2026, 0, 5),
};

/** Shapes of the estate, after published figures of large ones: 3.7 calls a service, 70 % leaves, depth 3 to 5. */
export const SHAPE = {
  outDegree: 3.7,
  tiers: [0.02, 0.06, 0.11, 0.11, 0.7],
  /** How many calls serving a request brings on average, by tier. */
  calls: [1.15, 1.35, 1, 0.7, 0],
  datastores: 0.28,
  withoutAccount: 0.15,
  sharedAccounts: 0.15,
  ungoverned: 0.4,
  /** Of endpoints, in services that have such data at all. */
  sensitiveServices: 0.16,
  sensitive: 0.6,
  undeclaredEndpoints: 0.12,
  /** Its instrumentation calls it otherwise than everybody else. */
  otherNames: 0.03,
  undeclaredCalls: 0.05,
} as const;

/** What happens to an estate without anybody attacking it. */
export const NOISE = {
  deployments: 18,
  deploymentsWithNewCalls: 0.35,
  versionVisible: 0.75,
  deploymentKnown: 0.7,
  newCallDeclared: 0.5,
  canaries: 0.15,
  newWorkloads: 0.8,
  newWorkloadsVouchedFor: 0.8,
  accountChanges: 0.1,
  credentialBursts: 0.4,
  badRequestBursts: 0.6,
  loadBursts: 0.6,
  /** How long a pod lives on average. */
  podLifeMs: 3 * DAY_MS,
  /** An address that is free is used again, rather than a new one. */
  addressReuse: 0.5,
  /** Traces that no instrumentation tells of; proxies do. */
  unsampled: 0.2,
  /** Rows that never come, and that come a while later. */
  lostRows: 0.01,
  lateRows: 0.002,
  failures: 0.004,
  notFound: 0.006,
} as const;
