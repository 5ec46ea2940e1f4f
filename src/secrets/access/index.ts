/** Which workload may read which secret, and the reading itself. */
export {
  type AccessParts,
  type GivenValue,
  SecretAccess,
  type WantedSecret,
  type Workload,
} from './access.ts';
export { SecretAccessConfig } from './config.ts';
export { type Denial, Denials, type ToldDenial } from './denials.ts';
export { type DeniedReason, type MayRead, mayRead, type ReadQuestion } from './may-read.ts';
export { secretIdsOf, serviceIdOf } from './reference.ts';
export { type PreviousVersion, type SecretStanding, standingOf } from './standing.ts';
export { SecretWaiters } from './waiters.ts';
export { nextNews, type SecretNews, type WatchedSecret, type WatchParts } from './watch.ts';
