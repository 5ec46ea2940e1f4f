import type { Diagnostic } from '../base/diagnostic.ts';
import type { Fact } from '../estate/index.ts';
import type { ClusterConfig } from '../sources/kubernetes/live/config/index.ts';
import type { LiveState } from '../sources/kubernetes/live/index.ts';

/** What the server and the process that reads a cluster say to each other. */

/** One question to the API server of a cluster. */
export interface ClusterQuestion {
  readonly method: 'GET' | 'POST';
  readonly path: string;
  readonly body?: unknown;
}

export type ToClusterProcess =
  | {
      readonly type: 'start';
      readonly cluster: ClusterConfig;
      /** Of its services. */
      readonly environment: string;
      /** Shorter in tests: after a change, and between two signs of life. */
      readonly quietMs?: number | undefined;
      readonly aliveMs?: number | undefined;
    }
  | { readonly type: 'ask'; readonly id: number; readonly question: ClusterQuestion }
  | { readonly type: 'cancel'; readonly id: number };

export type FromClusterProcess =
  | {
      readonly type: 'state';
      readonly state: LiveState;
      /** What could not be read of the cluster; at most the first 500. */
      readonly diagnostics: readonly Diagnostic[];
    }
  /** Facts come in slices, and then that they are all there are. */
  | { readonly type: 'facts'; readonly items: readonly Fact[] }
  | {
      readonly type: 'read';
      /** What is wrong with objects; at most the first 500. */
      readonly diagnostics: readonly Diagnostic[];
      readonly seconds: number;
    }
  | { readonly type: 'answer'; readonly id: number; readonly value: unknown }
  | {
      readonly type: 'refusal';
      readonly id: number;
      readonly code: string;
      readonly message: string;
    };

/** Diagnostics of each sort that are handed over. */
export const MAX_DIAGNOSTICS = 500;
