import { beforeAll, describe, expect, it } from 'vitest';
import { makeTraffic, type NodeExport, stamp } from '../bench/support/tracing-server/traffic.ts';
import { SpanCursor, SpanSink } from '../src/estate/spans/index.ts';
import { OtlpConfig } from '../src/sources/otlp/config/index.ts';
import { OtlpDecoder } from '../src/sources/otlp/index.ts';
import { TracingEngine, TracingSettings } from '../src/tracing/index.ts';
import { estateOf, plainResolver } from '../src/tracing/testing/estate.ts';

const SHAPE = { services: 200, nodes: 7, rounds: 2 };
const TRACES = (SHAPE.services / 2) * 5;
const NOW = Date.UTC(2026, 0, 5);

describe('the traffic that a server is measured with', () => {
  let traffic: NodeExport[];
  beforeAll(() => {
    traffic = makeTraffic(SHAPE);
  });

  function follow(pass: number): { readonly engine: TracingEngine; readonly traces: Set<string> } {
    const engine = new TracingEngine({
      ...{ resolver: plainResolver, estate: estateOf({}), settings: TracingSettings.parse({}) },
      ...{ seed: 1, onAlert: () => undefined },
    });
    const traces = new Set<string>();
    const sink = new SpanSink({ onFull: () => undefined });
    const decoder = new OtlpDecoder(OtlpConfig.parse({}), { spans: sink });
    for (const one of traffic) {
      stamp(one, pass, NOW);
      expect(decoder.take(one.body, 'protobuf', NOW)).toMatchObject({
        ...{ spanCount: one.spanCount, rejectedSpans: 0, counts: [] },
      });
      const batch = sink.take();
      if (batch === undefined) throw new Error('no rows');
      for (const cursor = new SpanCursor(batch); cursor.next(); ) {
        traces.add(cursor.traceId ?? '');
        expect(cursor.startMs).toBeGreaterThanOrEqual(NOW);
        expect(cursor.startMs).toBeLessThan(NOW + 1_000);
      }
      engine.take(batch, NOW);
    }
    engine.finish(NOW + 60_000);
    return { engine, traces };
  }

  it('has both sides of nine requests a trace, and every service ask four others for five things', () => {
    const { engine, traces } = follow(1);
    expect(traces.size).toBe(TRACES);
    const ownCalls = engine.assembler.counts.get('self-call') ?? 0;
    expect(engine.hopCount + ownCalls).toBe(TRACES * 9);
    expect(ownCalls).toBeLessThan(TRACES / 10);
    const { services, edges, endpointEdges } = engine.graph.counts;
    expect(services).toBe(SHAPE.services);
    expect(edges).toBeGreaterThan(SHAPE.services * 4);
    expect(endpointEdges).toBeGreaterThan(SHAPE.services * 20);
  });

  it('is of other traces each time that it is sent', () => {
    const first = follow(1).traces;
    for (const trace of follow(2).traces) expect(first.has(trace)).toBe(false);
  });
});
