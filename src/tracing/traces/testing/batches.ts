import {
  SIDE,
  type SpanBatch,
  SpanBatchWriter,
  type SpanRow,
} from '../../../estate/spans/index.ts';
import type { Resolver } from '../../ports.ts';

/** Services by their own names, accounts by their last word, and paths as they are. */
export const RESOLVER: Resolver = {
  service: (party) =>
    party.by === 'name' ? party.name : party.by === 'identity' ? party.identity : party.host,
  servicesOf: (principal) => [principal.slice(principal.lastIndexOf('/') + 1)],
  endpoint: (_, { protocol, method, path, route }) => ({
    protocol,
    method,
    template: route ?? path.replace(/\d+/g, '{id}'),
  }),
};

/** A trace id of which only the number matters. */
export function traceId(number: number): string {
  return number.toString(16).padStart(32, '0');
}

export function spanId(number: number): string {
  return number.toString(16).padStart(16, '0');
}

export const START = Date.UTC(2026, 0, 5, 10);

/** A row: `orders` was called, unless it is said otherwise. */
export function row(
  change: Partial<SpanRow> & { readonly trace?: number; readonly span?: number },
): SpanRow {
  const { trace = 1, span = 1, ...rest } = change;
  return {
    traceId: traceId(trace),
    spanId: spanId(span),
    startMs: START,
    durationMs: 10,
    side: SIDE.called,
    service: { by: 'name', name: 'orders' },
    operation: { protocol: 'http', method: 'GET', path: '/orders/1' },
    ...rest,
  };
}

export function batch(...rows: readonly SpanRow[]): SpanBatch {
  const writer = new SpanBatchWriter();
  for (const one of rows) writer.add(one);
  return writer.take();
}
