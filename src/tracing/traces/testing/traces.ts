import { type KeepReason, type KeptSpan, type KeptTrace, toKeptTrace } from '../kept-trace.ts';
import { START, spanId, traceId } from './batches.ts';

/** A span: `orders` was called, unless it is said otherwise. */
export function aSpan(change: Partial<KeptSpan> = {}): KeptSpan {
  return {
    id: spanId(1),
    parentId: null,
    start: START,
    durationMs: 10,
    side: 'called',
    service: 'orders',
    operation: { protocol: 'http', method: 'GET', template: '/orders/{id}' },
    peer: null,
    principal: null,
    proved: [],
    address: null,
    instance: null,
    version: null,
    status: 200,
    isFailed: false,
    isDenied: false,
    isOperational: false,
    count: 1,
    links: [],
    ...change,
  };
}

export function aTrace(change: {
  readonly id?: string;
  readonly reasons?: readonly KeepReason[];
  readonly spans?: KeptSpan[];
  readonly cut?: number;
}): KeptTrace {
  const { id = traceId(1), reasons = ['alert'], spans = [aSpan()], cut = 0 } = change;
  return toKeptTrace(id, reasons, spans, cut);
}
