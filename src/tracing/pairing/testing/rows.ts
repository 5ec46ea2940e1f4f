import { SIDE, type SpanRow } from '../../../estate/spans/index.ts';

export const TRACE = 'a'.repeat(32);
export const T0 = 1_700_000_000_000;

/** Sixteen hexadecimal digits of a small number; undefined for 0. */
export function spanId(number: number): string | undefined {
  return number === 0 ? undefined : number.toString(16).padStart(16, '0');
}

type Change = Partial<SpanRow>;

/** A span of one side of a request, numbered, below another. */
export function row(side: number, name: string, span: number, parent: number, change: Change = {}) {
  return {
    ...{ traceId: TRACE, spanId: spanId(span), parentId: spanId(parent), startMs: T0 + span },
    ...{ side, service: { by: 'name', name } },
    ...change,
  } satisfies SpanRow as SpanRow;
}

export const GET_X = { protocol: 'http', method: 'GET', path: '/x' } as const;

export const called = (name: string, span: number, parent: number, change: Change = {}): SpanRow =>
  row(SIDE.called, name, span, parent, { operation: GET_X, ...change });

export const caller = (name: string, span: number, parent: number, change: Change = {}): SpanRow =>
  row(SIDE.caller, name, span, parent, { operation: GET_X, ...change });

/** A peer that a caller names by its host. */
export const host = (name: string) => ({ by: 'address', host: name }) as const;
