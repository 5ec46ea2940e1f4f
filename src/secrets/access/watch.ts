import { Fault } from '../../base/fault.ts';
import type { SecretAccess, WantedSecret, Workload } from './access.ts';
import type { SecretStanding } from './standing.ts';
import type { SecretWaiters } from './waiters.ts';

/** A secret as a consumer knows it. */
export interface WatchedSecret extends WantedSecret {
  /** The version that it has; 0: none. */
  readonly version: number;
}

/** A secret that is no longer as its consumer knows it. */
export interface SecretNews extends WantedSecret, SecretStanding {
  /** Why it may not be read, or is not there: then its version is 0. */
  readonly problem?: { readonly code: string; readonly message: string; readonly hint?: string };
}

export interface WatchParts {
  readonly access: SecretAccess;
  readonly waiters: SecretWaiters;
}

/** Waits until one of these secrets is no longer as the workload knows it; says which are not. None where the signal is
 *  aborted before.
 *  @param workload asked again each time: what it is may change
 *  @throws {Fault} what `workload` throws; `estate/…` */
export async function nextNews(
  { access, waiters }: WatchParts,
  workload: () => Workload,
  watched: readonly WatchedSecret[],
  signal: AbortSignal,
): Promise<readonly SecretNews[]> {
  for (;;) {
    const who = workload();
    // what happens while it is looked at is not missed
    const ids = watched.flatMap((one) => access.idsOf(who, one));
    const looked = new AbortController();
    const change = waiters.wait(ids, AbortSignal.any([signal, looked.signal]));
    try {
      const news = await Promise.all(watched.map((one) => newsOf(access, who, one)));
      const fresh = news.filter(({ version }, at) => version !== watched[at]?.version);
      if (fresh.length > 0 || signal.aborted) return fresh;
      await change;
    } finally {
      looked.abort();
    }
  }
}

async function newsOf(
  access: SecretAccess,
  workload: Workload,
  { name, service }: WatchedSecret,
): Promise<SecretNews> {
  const wanted = { name, ...(service !== undefined && { service }) };
  try {
    return { ...wanted, ...(await access.standing(workload, wanted)) };
  } catch (thrown) {
    if (!(thrown instanceof Fault) || !thrown.code.startsWith('secrets/')) throw thrown;
    const { code, message, hint } = thrown;
    const problem = { code, message, ...(hint !== undefined && { hint }) };
    return { ...wanted, version: 0, expiresAt: null, previous: null, problem };
  }
}
