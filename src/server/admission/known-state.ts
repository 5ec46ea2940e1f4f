import { judge } from '../../assurance/index.ts';
import type { State } from '../../authorization/check/index.ts';
import { toTimestamp } from '../../base/clock.ts';
import type { Fields } from '../../base/pick.ts';
import { type Fact, type PolicySources, toRecords } from '../../estate/index.ts';
import { attribute } from '../../sources/attribution/index.ts';
import { CLUSTER_READERS } from '../../sources/cluster-readers/index.ts';
import type { Cluster } from '../../sources/index.ts';
import { readLive } from '../../sources/kubernetes/live/index.ts';
import { networkOf } from '../../sources/kubernetes/network/index.ts';
import { identitiesByName } from '../authorization/identities.ts';
import { makePolicy } from '../authorization/make-policy.ts';
import { toState } from '../check-state.ts';

/** What is known beside the objects of a cluster. */
export interface Beside {
  /** What other sources say of the services of its environment: declarations above all. */
  readonly facts: readonly Fact[];
  readonly sources: PolicySources;
}

export const NOTHING_BESIDE: Beside = { facts: [], sources: { guardrails: [], groups: [] } };

export interface StateOptions {
  /** Of the cluster. */
  readonly name: string;
  readonly environment: string;
  /** Of the services' identities. */
  readonly trustDomains: readonly string[];
  /** Milliseconds since 1970. */
  readonly now: number;
}

/** The state of a cluster that has these objects, as a check compares it: by the readers and the judgement of
 *  manifests. */
export function stateOfCluster(
  values: Iterable<Fields>,
  beside: Beside,
  { name, environment, trustDomains, now }: StateOptions,
): State {
  let cluster: Cluster | undefined;
  const keepsObjects = {
    name: 'objects',
    read: (objects: Cluster) => {
      cluster = objects;
    },
  };
  const reading = readLive(name, values, [...CLUSTER_READERS, keepsObjects]);
  const attributed = attribute(reading.observations, { environment });
  const records = toRecords([...beside.facts, ...attributed.facts]);
  const judged = judge(records, toTimestamp(now));
  const made = makePolicy(beside.sources, {
    estate: judged,
    records: records.services,
    identities: identitiesByName(records.services, trustDomains),
    defaultMode: 'enforce',
  });
  const diagnostics = [...reading.diagnostics, ...attributed.diagnostics, ...made.diagnostics];
  return toState({ policy: made.policy, records, judged, cluster, diagnostics });
}

/** The same state with another network: for objects that bear on nothing else. */
export function withNetwork(state: State, name: string, values: Iterable<Fields>): State {
  let network = state.network;
  const read = (objects: Cluster): void => {
    network = networkOf(objects).network;
  };
  readLive(name, values, [{ name: 'network', read }]);
  return { ...state, network };
}
