/** The trace that a request says it is part of. */
export interface TraceContext {
  /** 32 hexadecimal digits. */
  readonly traceId: string;
  /** The span that asked: 16 digits. */
  readonly parentId: string;
}

/** Headers that carry it, in lower case. Others (`x-request-id`) name a request and not a trace. */
export const CONTEXT_HEADERS = ['traceparent', 'b3', 'x-b3-traceid', 'x-b3-spanid'] as const;
export type ContextHeader = (typeof CONTEXT_HEADERS)[number];

/** @see W3C Trace Context §3.2: versions to come begin alike, and `ff` is none */
const TRACEPARENT = /^(?!ff)[0-9a-f]{2}-([0-9a-f]{32})-([0-9a-f]{16})-[0-9a-f]{2}(?:-|$)/;
/** @see B3 Propagation, Single Header */
const B3 = /^([0-9a-f]{16}|[0-9a-f]{32})-([0-9a-f]{16})(?:-|$)/;
const TRACE_ID = /^(?:[0-9a-f]{16}|[0-9a-f]{32})$/;
const SPAN_ID = /^[0-9a-f]{16}$/;
const NONE = /^0+$/;

/** What these headers say together; undefined where they name no trace.
 *  @see B3 Propagation, Multiple Headers: ids of 64 bits are the lower half */
export function traceContextOf(
  headers: Readonly<Partial<Record<ContextHeader, string>>>,
): TraceContext | undefined {
  const { traceparent = '', b3 = '' } = headers;
  const [, traceId = headers['x-b3-traceid'] ?? '', parentId = headers['x-b3-spanid'] ?? ''] =
    TRACEPARENT.exec(traceparent) ?? B3.exec(b3) ?? [];
  const isContext = TRACE_ID.test(traceId) && SPAN_ID.test(parentId);
  if (!isContext || NONE.test(traceId) || NONE.test(parentId)) return undefined;
  return { traceId: traceId.padStart(32, '0'), parentId };
}
