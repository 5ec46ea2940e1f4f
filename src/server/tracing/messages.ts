import type { MessagePort } from 'node:worker_threads';
import type { Feedback } from '../../tracing/incidents/index.ts';
import type { Alert } from '../../tracing/index.ts';
import type { ThreadSettings } from './config.ts';
import type { EstateMessage } from './estate-teller.ts';
import type { TracingQuestions, TracingSubject } from './questions.ts';
import type { TracingStatus } from './status.ts';

/** What the server's main thread and the thread that follows traces say to each other. */

/** What the thread is started with. */
export interface TracingThreadData {
  readonly settings: ThreadSettings;
  /** Of names that say none. */
  readonly environment: string;
  readonly dataFolder: string;
}

/** Has the main thread write to the log. */
export type TracingLog = (
  level: 'info' | 'warn' | 'error',
  thrown: unknown,
  sentence: string,
) => void;

export type ToTracing =
  | EstateMessage
  /** Where spans come from: `SpansMessage`s. */
  | { readonly type: 'spans-from'; readonly port: MessagePort }
  /** What a person has said of an incident; it holds, or holds no longer. */
  | { readonly type: 'learn' | 'forget'; readonly feedback: Feedback }
  /** Traces of incidents that are not closed: they stay. */
  | { readonly type: 'held'; readonly traceIds: readonly string[] }
  | {
      readonly type: 'ask';
      readonly id: number;
      readonly about: TracingSubject;
      readonly ask: TracingQuestions[TracingSubject]['ask'];
    }
  | { readonly type: 'close' };

export type FromTracing =
  | { readonly type: 'ready' }
  | { readonly type: 'alert'; readonly alert: Alert }
  | { readonly type: 'status'; readonly status: TracingStatus }
  | {
      readonly type: 'answer';
      readonly id: number;
      readonly answer: TracingQuestions[TracingSubject]['answer'];
    }
  | {
      readonly type: 'refused';
      readonly id: number;
      readonly code: string;
      readonly message: string;
      readonly hint?: string | undefined;
    }
  | {
      readonly type: 'log';
      readonly level: 'info' | 'warn' | 'error';
      readonly sentence: string;
      readonly message: string;
      readonly stack: string;
    };
