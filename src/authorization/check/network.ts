import type { Network } from '../../estate/index.ts';
import { analyse, diffReach, EXTERNAL, type Reach } from '../reach/index.ts';
import type { NetworkChange, State } from './model.ts';
import { networkChanges } from './network-changes.ts';
import type { Words } from './words.ts';

const NONE: Network = { namespaces: [], workloads: [], policies: [], entries: [] };

/** What the network newly lets through between two states, and no longer does (L3, L4). What meshes say of requests is
 *  compared by itself. */
export function networkDifference(base: State, head: State, words: Words): NetworkChange[] {
  const [before, after] = [base.network ?? NONE, head.network ?? NONE];
  if (textOf(before) === textOf(after)) return [];
  const callers = new Map<string, number>();
  let reach: Reach | undefined;
  const callersOf = (to: string) => {
    let count = callers.get(to);
    if (count === undefined) {
      reach ??= analyse(after);
      const rows = [...reach.rows({ to })].filter(({ fromKind }) => fromKind !== EXTERNAL);
      count = new Set(rows.map(({ from }) => from)).size;
      callers.set(to, count);
    }
    return count;
  };
  const changes = diffReach(
    { network: before, permissions: [] },
    { network: after, permissions: [] },
  );
  return networkChanges({ base: before, head: after, changes, callersOf }, words);
}

/** Without its places: lines move. */
function textOf(network: Network): string {
  return JSON.stringify(network, (key, value) => (key === 'source' ? undefined : value));
}
