import type { Account, Estate, Workload } from './model.ts';
import { workloadName } from './names.ts';
import type { Pods } from './pods.ts';
import type { Random } from './random.ts';

/** Numbers of workloads that are not of the estate. */
const BEYOND = 500_000;

/** A workload that somebody has slipped in: in no repository, in no cluster that Reeve looks at. */
export function newcomer(
  random: Random,
  { workloads, accounts }: Estate,
  pods: Pods,
  namespace: string,
  now: number,
): Workload {
  const name = workloadName(random, false, (text) =>
    workloads.some((one) => one.namespace === namespace && one.name === text),
  );
  const workload: Workload = {
    number: BEYOND + random.whole(0, 400_000),
    id: `prod/${namespace}/${name}`,
    name,
    calledItself: name,
    namespace,
    tier: 3,
    kind: 'workload',
    exposure: 'internal',
    criticality: 'low',
    isVouchedFor: false,
    isGoverned: false,
    popularity: 1,
    reporter: 'own',
    tellsAddress: true,
    context: { lost: 0, startsAnew: false },
    skewMs: 0,
    bornAt: now,
    account: accountOf(random, accounts, namespace, name),
    endpoints: [],
    pods: [],
    release: 1,
    changedAt: 0,
    declared: new Set(),
  };
  pods.start(workload, now);
  return workload;
}

/** None, one that its namespace shares, or one of its own that nobody knows. */
function accountOf(
  random: Random,
  accounts: readonly Account[],
  namespace: string,
  name: string,
): Account | null {
  if (random.chance(0.35)) return null;
  const shared = accounts.find(({ principal }) =>
    principal.endsWith(`/ns/${namespace}/sa/default`),
  );
  if (shared && random.chance(0.5)) return shared;
  return { principal: `spiffe://estate.example/ns/${namespace}/sa/${name}`, users: [] };
}
