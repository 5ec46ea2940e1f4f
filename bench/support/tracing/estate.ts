import type { Criticality } from '../../../src/estate/index.ts';
import { drawEndpoints } from './endpoints.ts';
import type { Account, ContextHabit, Estate, Reporter, Workload } from './model.ts';
import { NAMESPACES, workloadName } from './names.ts';
import type { Random } from './random.ts';
import { SHAPE } from './settings.ts';

const CRITICALITIES: readonly Criticality[] = ['critical', 'high', 'medium', 'low'];
const LEAF_TIER = SHAPE.tiers.length - 1;

/** An estate of workloads with endpoints and accounts, without calls. */
export function drawEstate(random: Random, count: number, startsAt: number): Estate {
  const estate: Estate = { workloads: [], endpoints: [], accounts: [], random };
  const namespaces = NAMESPACES.slice(0, Math.max(4, Math.min(14, Math.round(count / 18))));
  for (let number = 0; number < count; number++) {
    const tier = tierOf(number / count);
    addWorkload(estate, { tier, namespace: random.pick(namespaces), bornAt: startsAt });
  }
  return estate;
}

export interface Wanted {
  readonly tier: number;
  readonly namespace: string;
  readonly bornAt: number;
  readonly isVouchedFor?: boolean;
}

/** One more workload. */
export function addWorkload(estate: Estate, wanted: Wanted): Workload {
  const { random, workloads } = estate;
  const { tier, namespace, bornAt, isVouchedFor = true } = wanted;
  const isDatastore =
    tier === LEAF_TIER && random.chance(SHAPE.datastores / (SHAPE.tiers[tier] ?? 1));
  const taken = new Set(
    workloads.filter((one) => one.namespace === namespace).map((one) => one.name),
  );
  const name = workloadName(random, isDatastore, (text) => taken.has(text));
  const isMeshed = !random.chance(SHAPE.withoutAccount);
  const workload: Workload = {
    number: workloads.length,
    id: `prod/${namespace}/${name}`,
    name,
    calledItself: !isDatastore && random.chance(SHAPE.otherNames) ? `${name}-app` : name,
    namespace,
    tier,
    kind: isDatastore ? 'datastore' : 'workload',
    exposure: tier === 0 ? 'internet' : 'internal',
    criticality: random.pick(CRITICALITIES),
    isVouchedFor,
    isGoverned: isVouchedFor && !isDatastore && !random.chance(SHAPE.ungoverned),
    popularity: (1 - random.share()) ** -0.8,
    reporter: drawReporter(random, isDatastore, isMeshed),
    tellsAddress: isMeshed || random.chance(0.7),
    context: drawContext(random, tier),
    skewMs: random.chance(0.04) ? random.between(-3_000, 3_000) : random.between(-20, 20),
    bornAt,
    account: null,
    endpoints: [],
    pods: [],
    release: random.whole(1, 40),
    changedAt: 0,
    declared: new Set(),
  };
  workloads.push(workload);
  if (isMeshed) joinAccount(estate, workload);
  drawEndpoints(estate, workload);
  return workload;
}

/** The account of a workload: its own, or one of its namespace that others have, too. */
export function joinAccount(estate: Estate, workload: Workload, isOwn = false): void {
  const { random, accounts } = estate;
  const { namespace, name } = workload;
  const prefix = `spiffe://estate.example/ns/${namespace}/sa`;
  const principal =
    !isOwn && random.chance(SHAPE.sharedAccounts)
      ? `${prefix}/${random.pick(['default', 'runner', 'app'])}`
      : `${prefix}/${name}`;
  let account: Account | undefined = accounts.find((one) => one.principal === principal);
  if (!account) {
    account = { principal, users: [] };
    accounts.push(account);
  }
  account.users.push(workload);
  workload.account = account;
}

function tierOf(place: number): number {
  let end = 0;
  for (const [tier, share] of SHAPE.tiers.entries()) {
    end += share;
    if (place < end) return tier;
  }
  return LEAF_TIER;
}

function drawReporter(random: Random, isDatastore: boolean, isMeshed: boolean): Reporter {
  if (isDatastore) return isMeshed && random.chance(0.6) ? 'proxy' : 'nobody';
  if (!isMeshed) return 'own';
  const share = random.share();
  if (share < 0.6) return 'own';
  if (share < 0.82) return 'proxy';
  return share < 0.93 ? 'own and proxy' : 'blind proxy';
}

/** Most libraries lose next to nothing, some lose it between threads, some services send nothing on at all. */
function drawContext(random: Random, tier: number): ContextHabit {
  const share = tier === 0 ? 1 : random.share();
  const startsAnew = random.chance(0.5);
  if (share < 0.07) return { lost: 1, startsAnew };
  if (share < 0.25) return { lost: random.magnitude(-3.3, -1.3), startsAnew };
  return { lost: 1e-5, startsAnew };
}
