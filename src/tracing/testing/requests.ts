import { SIDE, SPAN_FLAG, type SpanBatch, SpanBatchWriter } from '../../estate/spans/index.ts';

/** One request of a trace: who asks whom for what. `''` asks from outside. */
export interface TestCall {
  readonly from: string;
  readonly to: string;
  readonly operation?: string;
  readonly status?: number;
}

const hex = (number: number, digits: number): string => number.toString(16).padStart(digits, '0');

/** A trace of calls that follow one another, as both sides of each tell it. */
export function traceOf(number: number, at: number, calls: readonly TestCall[]): SpanBatch {
  const writer = new SpanBatchWriter();
  const traceId = hex(number + 1, 32);
  let parentId: string | undefined;
  calls.forEach(({ from, to, operation = 'GET /', status = 200 }, index) => {
    const [method = '', path = ''] = operation.split(' ');
    const asked = { protocol: 'http', method, path, route: path } as const;
    const startMs = at + index * 10;
    const common = { traceId, startMs, durationMs: 5, status, operation: asked };
    const callerId = hex((number + 1) * 1_000 + index * 2 + 1, 16);
    const calledId = hex((number + 1) * 1_000 + index * 2 + 2, 16);
    if (from !== '') {
      const service = { by: 'name', name: from } as const;
      writer.add({ ...common, service, side: SIDE.caller, spanId: callerId, parentId });
    }
    writer.add({
      ...common,
      service: { by: 'name', name: to },
      side: SIDE.called | (from === '' ? 0 : SPAN_FLAG.hasContext),
      spanId: calledId,
      parentId: from === '' ? undefined : callerId,
      principal: from === '' ? undefined : `spiffe://example.org/${from}`,
      address: from === '' ? '203.0.113.7' : `10.0.0.${from.length}`,
      instance: `10.0.0.${to.length}`,
      version: '1',
    });
    parentId = calledId;
  });
  return writer.take();
}
