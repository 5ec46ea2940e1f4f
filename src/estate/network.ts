import type { Source } from './model.ts';

/** What runs in a cluster as its network sees it: who is where, under which labels, what listens, and which policies
 *  decide about traffic between them. Plain data, read from manifests or from a running cluster. */
export interface Network {
  readonly namespaces: readonly NetworkNamespace[];
  readonly workloads: readonly NetworkWorkload[];
  readonly policies: readonly NetworkPolicy[];
  readonly entries: readonly NetworkEntry[];
}

export type Labels = Readonly<Record<string, string>>;

export interface NetworkNamespace {
  readonly name: string;
  /** With `kubernetes.io/metadata.name`. */
  readonly labels: Labels;
}

export const TRANSPORTS = ['TCP', 'UDP', 'SCTP'] as const;
export type Transport = (typeof TRANSPORTS)[number];

export interface NetworkPort {
  readonly name: string | undefined;
  readonly number: number;
  readonly transport: Transport;
}

/** An object that runs pods. */
export interface NetworkWorkload {
  readonly namespace: string;
  readonly name: string;
  /** `Deployment`, `Pod`, `CronJob` … */
  readonly kind: string;
  /** The name of the service that it is part of, in its namespace. */
  readonly service: string;
  readonly labels: Labels;
  readonly serviceAccount: string;
  readonly ports: readonly NetworkPort[];
  /** Network policies do not concern pods in their host's network. */
  readonly hostNetwork: boolean;
  readonly source: Source;
}

/** What one label must be.
 *  @see Kubernetes API, meta/v1 LabelSelectorRequirement */
export interface LabelTerm {
  readonly key: string;
  readonly operator: 'In' | 'NotIn' | 'Exists' | 'DoesNotExist';
  /** One at least with `In` and `NotIn`, none otherwise. */
  readonly values: readonly string[];
}

/** All of them must hold; without any, everything is selected. `matchLabels` are terms with `In` and one value. */
export type LabelSelector = readonly LabelTerm[];

/** The pods with these labels in namespaces with those. A namespace by its name is a term about
 *  `kubernetes.io/metadata.name`. Pods in their host's network are never selected. */
export interface PodSelector {
  readonly namespaces: LabelSelector;
  readonly pods: LabelSelector;
  /** Of a peer: labels that its namespace and that of the policy's subject have, with equal values. */
  readonly sameLabels?: readonly string[];
  /** Of a peer: labels that its namespace has, of which that of the subject has not all with equal values. */
  readonly notSameLabels?: readonly string[];
}

/** A CIDR block without parts of it; all of them have been checked. */
export interface AddressBlock {
  readonly cidr: string;
  readonly except: readonly string[];
}

export type NetworkPeer =
  /** Every pod and every address. */
  | { readonly kind: 'everything' }
  | { readonly kind: 'pods'; readonly selector: PodSelector }
  /** Addresses outside the cluster. */
  | { readonly kind: 'addresses'; readonly block: AddressBlock };

export type NetworkPortMatch =
  | {
      readonly kind: 'numbers';
      readonly transport: Transport;
      readonly first: number;
      readonly last: number;
    }
  /** A port that the pod that is called names so; without a transport, of any. */
  | { readonly kind: 'name'; readonly name: string; readonly transport: Transport | undefined };

export interface NetworkRule {
  /** `pass` leaves it to the next tier. */
  readonly action: 'allow' | 'deny' | 'pass';
  /** What the policy's author calls it. */
  readonly name: string | undefined;
  /** It speaks of any of these; of nobody where there is none. */
  readonly peers: readonly NetworkPeer[];
  /** It speaks of any of these; undefined: of every port of every transport. */
  readonly ports: readonly NetworkPortMatch[] | undefined;
  readonly source: Source;
}

/** Who decides first: `admin` in order of priority, and the first rule that matches decides; then `network`, where pods
 *  that any policy isolates let through what some rule allows and none denies, and nothing else; all others are left to
 *  `baseline`, unless a rule denies, where the first rule that matches decides. What nobody decides is allowed.
 *  @see https://network-policy-api.sigs.k8s.io/api-overview/ */
export const POLICY_TIERS = ['admin', 'network', 'baseline'] as const;
export type PolicyTier = (typeof POLICY_TIERS)[number];

export interface NetworkPolicy {
  /** `Kind namespace/name`, or `Kind name`. */
  readonly title: string;
  readonly tier: PolicyTier;
  /** Within its tier the lowest goes first. 0 in tier `network`, where order means nothing. */
  readonly priority: number;
  /** The pods that it is about. */
  readonly subject: PodSelector;
  /** Of tier `network`: false where the pods it selects still let everything through that no rule denies, as Cilium's
   *  policies may. */
  readonly isolates?: false;
  /** In order; undefined: it does not speak of this direction. */
  readonly ingress: readonly NetworkRule[] | undefined;
  readonly egress: readonly NetworkRule[] | undefined;
  readonly source: Source;
}

/** A way from the controller of ingresses or gateways to one port of a workload. */
export interface NetworkEntry {
  /** `Ingress shop/web` */
  readonly via: string;
  readonly namespace: string;
  /** Name and kind of the workload. */
  readonly workload: string;
  readonly kind: string;
  readonly port: number;
  readonly transport: Transport;
  readonly source: Source;
}
