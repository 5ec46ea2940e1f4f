import type { ReviewedChange } from '../authorization/admission/index.ts';
import type { Violation } from '../authorization/check/index.ts';
import type { Diagnostic } from '../base/diagnostic.ts';
import type { Fact } from '../estate/index.ts';
import type { ClusterConfig } from '../sources/kubernetes/live/config/index.ts';
import type { LiveState } from '../sources/kubernetes/live/index.ts';
import type { Beside } from './admission/known-state.ts';

/** What the server and the process that reads a cluster say to each other. */

/** One question to the API server of a cluster. */
export interface ClusterQuestion {
  readonly method: 'GET' | 'POST' | 'PATCH';
  readonly path: string;
  readonly body?: unknown;
  /** How a `PATCH` is meant; else `merge`. */
  readonly patch?: 'merge' | 'apply' | undefined;
}

/** How objects are judged before they are taken. */
export interface AdmissionTerms {
  readonly sensitive: readonly string[];
  readonly maxBlast: number;
  readonly trustDomains: readonly string[];
}

/** What is wrong with what a cluster has already. */
export interface Standing {
  /** The worst first; at most the first 1,000. */
  readonly violations: readonly Violation[];
  readonly counts: Readonly<Record<string, number>>;
  /** Why something was not looked at; empty: everything was. */
  readonly leftOut: string;
  readonly seconds: number;
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
      /** Undefined: objects are not judged. */
      readonly admission?: AdmissionTerms | undefined;
    }
  | { readonly type: 'ask'; readonly id: number; readonly question: ClusterQuestion }
  | { readonly type: 'review'; readonly id: number; readonly change: ReviewedChange }
  /** What is known beside the objects of the cluster. */
  | { readonly type: 'beside'; readonly beside: Beside }
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
  | { readonly type: 'standing'; readonly standing: Standing }
  | { readonly type: 'answer'; readonly id: number; readonly value: unknown }
  | {
      readonly type: 'refusal';
      readonly id: number;
      readonly code: string;
      readonly message: string;
    };

/** Diagnostics of each sort that are handed over. */
export const MAX_DIAGNOSTICS = 500;
