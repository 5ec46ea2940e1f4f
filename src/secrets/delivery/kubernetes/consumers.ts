import { listAt, textAt } from '../../../base/pick.ts';
import type { KubernetesTarget } from '../../model/index.ts';
import { TargetFault } from '../../rotation/rotator.ts';
import type { DeliveryCluster } from '../place.ts';
import { asking } from './faults.ts';
import { isFixed } from './references.ts';
import { type Consumer, consumerOf, KINDS, type WorkloadList } from './workload.ts';

/** Workloads of one answer, and answers of one list. */
const PAGE = 50;
const MOST_PAGES = 400;

/** Workloads of the Secret's namespace that use it, in the order of their names.
 *  @throws {TargetFault} */
export async function consumersOf(
  cluster: DeliveryCluster,
  { namespace, name }: Pick<KubernetesTarget, 'namespace' | 'name'>,
  signal: AbortSignal,
): Promise<Consumer[]> {
  const found: Consumer[] = [];
  for (const list of Object.keys(KINDS) as WorkloadList[]) {
    const path = `/apis/apps/v1/namespaces/${namespace}/${list}`;
    for await (const object of itemsOf(cluster, path, signal)) {
      const consumer = consumerOf(list, object, name);
      if (consumer) found.push(consumer);
    }
  }
  return found.sort((a, b) => (a.id < b.id ? -1 : 1));
}

/** Those of them that are restarted for a target. */
export function restarted(
  consumers: readonly Consumer[],
  { restart, spare }: Pick<KubernetesTarget, 'restart' | 'spare'>,
): Consumer[] {
  if (restart === 'none') return [];
  return consumers.filter(
    ({ id, uses }) => !spare.includes(id) && (restart === 'all' || isFixed(uses)),
  );
}

async function* itemsOf(
  cluster: DeliveryCluster,
  path: string,
  signal: AbortSignal,
): AsyncGenerator<unknown> {
  let mark = '';
  for (let page = 0; page < MOST_PAGES; page++) {
    const question = `${path}?limit=${PAGE}${mark && `&continue=${encodeURIComponent(mark)}`}`;
    const answer = await asking(`Listing ${path}`, () => cluster.get(question, signal));
    yield* listAt(answer, 'items');
    mark = textAt(answer, 'metadata', 'continue') ?? '';
    if (mark === '') return;
  }
  throw new TargetFault('invalid', `${path} has more than ${PAGE * MOST_PAGES} workloads`);
}
