import type { MessagePort } from 'node:worker_threads';
import type { IntakeCount, SeenService, TemplateCorrection } from '../../estate/index.ts';
import type { InventoryConfig } from '../../inventory/index.ts';
import type { Knowledge } from '../../inventory/templates/index.ts';
import type { AccessLogConfig } from '../../sources/access-log/tail/config/index.ts';
import type { EnvoyConfig } from '../../sources/envoy-access-log/config/index.ts';
import type { OtlpConfig } from '../../sources/otlp/config/index.ts';
import type { TlsConfig } from '../http/config.ts';
import type { IntakeConfig } from './config.ts';
import type { Harvested } from './harvester.ts';

/** What the server's main thread and the thread that takes traffic in say to each other. */

/** What the thread is started with. */
export interface ThreadData {
  readonly intake: IntakeConfig;
  readonly inventory: InventoryConfig;
  readonly dataFolder: string;
  readonly otlp: OtlpConfig;
  readonly envoy: EnvoyConfig;
  readonly accessLog: AccessLogConfig;
  readonly tls: TlsConfig | undefined;
  /** Names beside its address that the listeners may be asked for. */
  readonly hostNames: readonly string[];
  readonly adminToken: string;
  /** Spans on their way to who follows traces, at most; 0: nobody does. */
  readonly maxWaitingSpans: number;
}

/** Where traffic is taken in. */
export interface IntakeAddresses {
  /** `http://127.0.0.1:4318` */
  readonly otlpOrigin: string;
  /** `127.0.0.1:4317` */
  readonly otlpGrpc: string;
  /** `127.0.0.1:7071` */
  readonly envoy: string;
}

/** What came in, and what is held. */
export interface IntakeStatus {
  readonly counts: readonly IntakeCount[];
  /** Services that are seen to be asked. */
  readonly services: number;
  /** Nodes of path tries. */
  readonly nodes: number;
  /** Submissions that wait to be stored. */
  readonly waiting: number;
  readonly journalBytes: number;
}

export type ToThread =
  | { readonly type: 'knowledge'; readonly key: string; readonly knowledge: Knowledge }
  /** Everything is to be told again. */
  | { readonly type: 'forget' }
  /** What was told last is in the estate. */
  | { readonly type: 'applied' }
  | { readonly type: 'ask'; readonly id: number; readonly question: Question }
  /** What an Envoy is told that has asked; undefined: nobody can say. */
  | { readonly type: 'checked'; readonly id: number; readonly answer: Uint8Array | undefined }
  /** Who follows traces from now on; undefined: nobody, for now. */
  | { readonly type: 'spans'; readonly port: MessagePort | undefined }
  | { readonly type: 'close' };

export type Question =
  /** Everything that came in until now is to be told; answered when it is in the estate. */
  | { readonly ask: 'settle' }
  | { readonly ask: 'preview'; readonly key: string; readonly correction: TemplateCorrection };

export type FromThread =
  | { readonly type: 'ready'; readonly addresses: IntakeAddresses }
  | {
      readonly type: 'fault';
      readonly code: string;
      readonly message: string;
      readonly hint?: string;
    }
  | { readonly type: 'harvested'; readonly harvested: readonly Harvested[] }
  | { readonly type: 'status'; readonly status: IntakeStatus }
  /** There are spans, and nobody follows traces. */
  | { readonly type: 'spans-wanted' }
  /** An Envoy asks whether to let a request through; a CheckRequest. */
  | { readonly type: 'check'; readonly id: number; readonly message: Uint8Array }
  | { readonly type: 'answer'; readonly id: number; readonly seen: SeenService | undefined }
  | {
      readonly type: 'log';
      readonly level: 'warn' | 'error';
      readonly sentence: string;
      readonly message: string;
      readonly stack: string;
    };
