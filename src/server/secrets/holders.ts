import { after } from '../../base/timer.ts';
import type { Caller, DynamicCredentials, Lease } from '../../secrets/dynamic/index.ts';
import type { Identity } from '../identity/identity.ts';

interface Holder extends Pick<Caller, 'spiffeId' | 'service'> {
  /** Since when it has what it holds, milliseconds since 1970. */
  readonly since: number;
}
type WhyRefused = (holder: Holder) => string | undefined;

/** Why a workload holds nothing, though its SVID verified. */
export function whyRefused(
  identity: Pick<Identity, 'supply'> | undefined,
  isRetired: (service: string) => boolean,
): WhyRefused {
  return ({ spiffeId, service, since: issuedAt }) => {
    if (isRetired(service)) return 'its service is retired';
    const denial = identity?.supply.denialOf({ spiffeId, issuedAt, keys: [] });
    return denial ? 'its identity is revoked' : undefined;
  };
}

const BY = { actor: 'reeve', reason: 'its holder may have it no longer' };
/** Changes of identities come in crowds. */
const QUIET_MS = 200;

/** Ends leases whose holders are refused by now, a moment after it was called. */
export function endRefusedLeases(
  credentials: DynamicCredentials,
  why: WhyRefused,
  warn: (message: string, fault: unknown) => void,
): () => void {
  let isWaiting = false;
  const look = (): void => {
    isWaiting = false;
    const open = credentials
      .list()
      .filter(({ state }) => state === 'active' || state === 'pending');
    const isRefused = ({ createdAt, ...held }: Lease) =>
      why({ ...held, since: Date.parse(createdAt) }) !== undefined;
    for (const lease of open.filter(isRefused)) {
      credentials.end(lease.id, BY).catch((fault: unknown) => {
        warn(`The lease ${lease.id} was not ended, though its holder is refused`, fault);
      });
    }
  };
  return () => {
    if (isWaiting) return;
    isWaiting = true;
    after(QUIET_MS, look);
  };
}
