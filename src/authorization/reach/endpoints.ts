import { compareText } from '../../base/diagnostic.ts';
import { type IpRange, ipRangeText } from '../../base/ip-range.ts';
import type {
  AddressBlock,
  Labels,
  Network,
  NetworkPort,
  NetworkWorkload,
} from '../../estate/index.ts';
import { type AddressSplits, EXTERNAL, INGRESS_CONTROLLER, type ReachPeer } from './model.ts';
import { splitRanges, splitsOf } from './ranges.ts';

interface Common {
  /** Its place in the list of all. */
  readonly index: number;
  readonly peer: ReachPeer;
}

export interface WorkloadEndpoint extends Common {
  readonly type: 'workload';
  readonly workload: NetworkWorkload;
  readonly namespaceLabels: Labels;
  /** Of its pods; equal ports are one list. */
  readonly ports: readonly NetworkPort[];
}

/** Addresses outside as callers, or as what is called: rules of ingress split them elsewhere than those of egress. */
export interface RangeEndpoint extends Common {
  readonly type: 'source' | 'destination';
  readonly range: IpRange;
}

export interface ControllerEndpoint extends Common {
  readonly type: 'controller';
}

/** Whoever takes part in traffic. */
export type Endpoint = WorkloadEndpoint | RangeEndpoint | ControllerEndpoint;

export interface Endpoints {
  readonly all: readonly Endpoint[];
  readonly workloads: readonly WorkloadEndpoint[];
  /** By name, and by kind where names are the same. */
  readonly sources: readonly Endpoint[];
  readonly destinations: readonly (WorkloadEndpoint | RangeEndpoint)[];
  /** By address. */
  readonly sourceRanges: readonly RangeEndpoint[];
  readonly destinationRanges: readonly RangeEndpoint[];
}

export function endpointsOf(network: Network, splitAt: AddressSplits | undefined): Endpoints {
  const own = splitsOf(network);
  const labels = new Map(network.namespaces.map((one) => [one.name, one.labels]));
  const shared = new Map<string, readonly NetworkPort[]>();
  const portsOf = ({ ports }: NetworkWorkload) => {
    const key = JSON.stringify(ports);
    const known = shared.get(key) ?? ports;
    shared.set(key, known);
    return known;
  };
  const all: Endpoint[] = [];
  const add = <One extends Endpoint>(one: Omit<One, 'index'>): One => {
    // The members of an endpoint with the index are those of an endpoint.
    const endpoint = { ...one, index: all.length } as One;
    all.push(endpoint);
    return endpoint;
  };
  const workloads = network.workloads.map((workload) =>
    add<WorkloadEndpoint>({
      type: 'workload',
      peer: { name: `${workload.namespace}/${workload.name}`, kind: workload.kind },
      workload,
      ports: portsOf(workload),
      namespaceLabels: labels.get(workload.namespace) ?? {},
    }),
  );
  const ranges = (type: RangeEndpoint['type'], blocks: readonly AddressBlock[]) =>
    splitRanges(blocks).map((range) =>
      add<RangeEndpoint>({ type, peer: { name: ipRangeText(range), kind: EXTERNAL }, range }),
    );
  const sourceRanges = ranges('source', [...own.sources, ...(splitAt?.sources ?? [])]);
  const destinationRanges = ranges('destination', [
    ...own.destinations,
    ...(splitAt?.destinations ?? []),
  ]);
  const controller = add<ControllerEndpoint>({ type: 'controller', peer: INGRESS_CONTROLLER });
  return {
    all,
    workloads,
    sources: [...workloads, ...sourceRanges, controller].sort(compareEndpoints),
    destinations: [...workloads, ...destinationRanges].sort(compareEndpoints),
    sourceRanges,
    destinationRanges,
  };
}

function compareEndpoints(a: Endpoint, b: Endpoint): number {
  return compareText(a.peer.name, b.peer.name) || compareText(a.peer.kind, b.peer.kind);
}
