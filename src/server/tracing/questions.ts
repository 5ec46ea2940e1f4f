import type { ServiceBaseline } from '../../tracing/baseline/index.ts';
import type { GraphEdge, GraphQuery } from '../../tracing/index.ts';
import type { TracePage, TraceQuery, Waterfall } from '../../tracing/traces/index.ts';

/** What the main thread asks of the thread that follows traces, and what it is answered. Undefined: there is no such
 *  thing. */
export interface TracingQuestions {
  /** JSON in UTF-8: services, edges and `edgeCount`. */
  graph: { readonly ask: GraphQuery; readonly answer: Uint8Array };
  /** The same as `GraphColumns`, in JSON. */
  columns: { readonly ask: GraphQuery; readonly answer: Uint8Array };
  /** `*`: from outside. */
  edge: {
    readonly ask: { readonly from: string; readonly to: string };
    readonly answer: GraphEdge | undefined;
  };
  traces: { readonly ask: TraceQuery; readonly answer: TracePage };
  trace: { readonly ask: { readonly id: string }; readonly answer: Waterfall | undefined };
  baseline: {
    readonly ask: { readonly service: string };
    readonly answer: ServiceBaseline | undefined;
  };
  /** Everything that came until now is looked at; what was learnt is written. */
  settle: { readonly ask: Record<string, never>; readonly answer: undefined };
}
export type TracingSubject = keyof TracingQuestions;

/** How each question is answered. */
export type TracingAnswers = {
  readonly [About in TracingSubject]: (
    ask: TracingQuestions[About]['ask'],
  ) => TracingQuestions[About]['answer'] | Promise<TracingQuestions[About]['answer']>;
};
