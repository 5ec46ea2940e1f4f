import type { Source } from './model.ts';

/** What runs in a cluster as its network sees it: who is where, under which labels, and what listens. Plain data, read
 *  from manifests or from a running cluster. */

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
