import type { Diagnostic } from '../../base/diagnostic.ts';
import type { AddressBlock, Permission, Source, Transport } from '../../estate/index.ts';

/** Where traffic comes from or goes to: a workload (`default/frontend` of kind `Deployment`), a range of addresses
 *  outside the cluster (`0.0.0.0-9.255.255.255` of kind `External`), or `{ingress-controller}`. */
export interface ReachPeer {
  readonly name: string;
  /** The kind of the workload's object, `External` or `IngressController`. */
  readonly kind: string;
}

export const EXTERNAL = 'External';
export const INGRESS_CONTROLLER: ReachPeer = {
  name: '{ingress-controller}',
  kind: 'IngressController',
};

/** One transport that one peer can reach another by. */
export interface ReachRow {
  readonly from: string;
  readonly fromKind: string;
  readonly to: string;
  readonly toKind: string;
  /** `any`: every port of every transport, and then `ports` is `any` too. */
  readonly protocol: Transport | 'any';
  /** `80,443,8000-8100` */
  readonly ports: string;
  /** `METHOD /path` patterns in the words of the mesh's policies; null where no mesh restricts requests. */
  readonly http: readonly string[] | null;
  /** What allows it, egress before ingress before requests. */
  readonly because: readonly ReachReason[];
}

/** What one rule, or the absence of rules, has to do with a pair. */
export interface ReachReason {
  readonly side: 'egress' | 'ingress' | 'request';
  readonly effect: 'allow' | 'deny' | 'pass';
  /** `NetworkPolicy shop/db`; null where nothing is configured, and so everything is allowed. */
  readonly policy: string | null;
  /** A sentence without the policy's name: `allows TCP 5432 by ingress rule 1`. */
  readonly message: string;
  readonly source: Source | null;
}

/** What may pass from one peer to another, or why nothing may. */
export interface ReachExplanation {
  readonly from: ReachPeer;
  readonly to: ReachPeer;
  readonly rows: readonly ReachRow[];
  /** Everything that decided, what forbids included. */
  readonly reasons: readonly ReachReason[];
}

/** What a workload would let in from, or could send to, pods that do not exist yet. */
export interface Exposure {
  readonly workload: string;
  readonly kind: string;
  readonly direction: 'ingress' | 'egress';
  /** `entire-cluster`, or who it would be: `[namespace with {team=web}]/[pod with {app=api}]`. */
  readonly peer: string;
  readonly protocol: Transport | 'any';
  /** As in a row; ports by name where only a pod that exists could tell the number. */
  readonly ports: string;
  /** No policy speaks of the workload in this direction. */
  readonly unprotected: boolean;
  readonly because: readonly ReachReason[];
}

/** Whom a filter lets through: `namespace/name`, a name, `external`, an address, a CIDR block, or
 *  `{ingress-controller}`. */
export interface ReachFilter {
  readonly from?: string;
  readonly to?: string;
  /** Only pairs of which one is among these workloads, named `NAMESPACE/NAME`. */
  readonly about?: ReadonlySet<string>;
}

/** What a mesh or a policy of Cilium says of the requests to one service. */
export interface ServicePermissions {
  readonly namespace: string;
  readonly name: string;
  /** Of the layer `request`, those count; services in `from` are `environment/namespace/name` or `namespace/name`. */
  readonly permissions: readonly Permission[];
}

export interface ReachOptions {
  readonly permissions?: readonly ServicePermissions[];
  /** More addresses to split ranges at: those of another network, to compare with. */
  readonly splitAt?: AddressSplits;
}

/** The blocks that tell addresses outside apart, on either side. */
export interface AddressSplits {
  readonly sources: readonly AddressBlock[];
  readonly destinations: readonly AddressBlock[];
}

/** Who can reach what, as it is configured. */
export interface Reach {
  /** What is odd about the policies: names of ports that nobody has, selectors that select nobody … Sorted. */
  readonly diagnostics: readonly Diagnostic[];
  /** By from, then to, then protocol, one after the other; each is made when it is asked for.
   *  @throws {Fault} `reach/peer-not-found` */
  rows(filter?: ReachFilter): Iterable<ReachRow>;
  /** The rows of one pair; no row: it is not connected. */
  between(from: ReachPeer, to: ReachPeer): readonly ReachRow[];
  explain(from: ReachPeer, to: ReachPeer): ReachExplanation;
  /** Every pair of peers that a filter lets through, connected or not; a workload does not reach itself. */
  explanations(filter?: ReachFilter): Iterable<ReachExplanation>;
  exposure(filter?: { readonly workload?: string }): readonly Exposure[];
}

/** How the reach of one pair differs between two states. */
export interface ReachChange {
  readonly change: 'added' | 'removed' | 'changed';
  readonly from: string;
  readonly fromKind: string;
  readonly to: string;
  readonly toKind: string;
  /** As they were and as they are; every transport of the pair. Empty where it was not, or is not, connected. */
  readonly before: readonly ReachRow[];
  readonly after: readonly ReachRow[];
  /** What is newly allowed: ports of each transport that were not before; `any` once where all of it is new. */
  readonly gained: readonly ReachDelta[];
  readonly lost: readonly ReachDelta[];
  /** Names of the two that only one of the two states has. */
  readonly peersAdded: readonly string[];
  readonly peersRemoved: readonly string[];
}

export interface ReachDelta {
  readonly protocol: Transport | 'any';
  readonly ports: string;
  /** The requests that this is about; null: every request, or no mesh restricts them. */
  readonly http: readonly string[] | null;
}
