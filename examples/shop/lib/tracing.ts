import { AsyncLocalStorage } from 'node:async_hooks';
import { randomBytes } from 'node:crypto';
import { exportSpan, type FinishedSpan, toAttributes } from './exporter.ts';

/** The span that is under way, handed on to the next service as W3C `traceparent`. */
export interface SpanContext {
  readonly traceId: string;
  readonly spanId: string;
}

const current = new AsyncLocalStorage<SpanContext>();

/** A span under way; `end` is called once. */
export interface OpenSpan {
  readonly context: SpanContext;
  readonly end: (attributes: Readonly<Record<string, string | number>>) => void;
}

export function startSpan(
  name: string,
  kind: FinishedSpan['kind'],
  parent: SpanContext | undefined = current.getStore(),
): OpenSpan {
  const context = {
    traceId: parent?.traceId ?? randomBytes(16).toString('hex'),
    spanId: randomBytes(8).toString('hex'),
  };
  const startedAt = Date.now();
  return {
    context,
    end: (attributes) =>
      exportSpan({
        ...context,
        ...(parent && { parentSpanId: parent.spanId }),
        name,
        kind,
        startTimeUnixNano: `${startedAt}000000`,
        endTimeUnixNano: `${Date.now()}000000`,
        attributes: toAttributes(attributes),
      }),
  };
}

/** Runs what belongs to a span. */
export function within<Result>(context: SpanContext, run: () => Result): Result {
  return current.run(context, run);
}

/** @see W3C Trace Context §3.2 */
export function parseTraceparent(header: string | undefined): SpanContext | undefined {
  const [, traceId, spanId] =
    /^00-([0-9a-f]{32})-([0-9a-f]{16})-[0-9a-f]{2}$/.exec(header ?? '') ?? [];
  return traceId === undefined || spanId === undefined ? undefined : { traceId, spanId };
}

export function toTraceparent({ traceId, spanId }: SpanContext): string {
  return `00-${traceId}-${spanId}-01`;
}
