import type { SpanBatch } from '../../../src/estate/spans/index.ts';
import { Baseline } from '../../../src/tracing/baseline/index.ts';
import { Detector } from '../../../src/tracing/detections/index.ts';
import { CallGraph } from '../../../src/tracing/graph/index.ts';
import type { Hop } from '../../../src/tracing/hop.ts';
import { type EngineParts, TracingEngine, TracingSettings } from '../../../src/tracing/index.ts';
import { TracingNames } from '../../../src/tracing/names.ts';
import { Assembler } from '../../../src/tracing/pairing/index.ts';
import { MapPairing } from './map-pairing.ts';

/** How far rows go: each stage has those before it. `map` is the least that pairing can be, to compare. */
export const STAGES = [
  'map',
  'pairing',
  'graph',
  'baseline',
  'detections',
  'engine',
  'traces',
] as const;
export type Stage = (typeof STAGES)[number];

export interface Pipeline {
  take(batch: SpanBatch, now: number): void;
  tick(now: number): void;
  /** What came until now is as it should be. */
  acceptAll(): void;
  readonly engine?: TracingEngine;
}

const settings = TracingSettings.parse({});
const parts: EngineParts = {
  resolver: {
    service: (party) =>
      party.by === 'name' ? `prod/${party.namespace}/${party.name}` : 'external/x',
    servicesOf: (principal) => [`prod/crowd/${principal.slice(principal.lastIndexOf('/') + 1)}`],
    endpoint: (_service, { protocol, method, path, route }) => ({
      protocol,
      method,
      template: route ?? path,
    }),
  },
  estate: {
    service: () => undefined,
    endpoint: () => undefined,
    policy: () => 'unknown',
    changedAt: () => 0,
  },
  settings,
  seed: 1,
  onAlert: () => {},
};

export function engineOf(learnt?: Buffer, keepsTraces = false): TracingEngine {
  return new TracingEngine(keepsTraces ? { ...parts, onKept: () => {} } : parts, learnt);
}

export function pipelineOf(stage: Stage): Pipeline {
  if (stage === 'engine' || stage === 'traces') return wholeEngine(stage === 'traces');
  if (stage === 'map') return bare(new MapPairing());
  const names = new TracingNames(settings.names);
  const graph = new CallGraph(names, settings.graph);
  const { estate } = parts;
  const baseline = new Baseline({ names, settings: settings.baseline, changes: estate });
  const detector = new Detector({ names, estate, baseline, settings: settings.detections });
  let isLearning = true;
  const ways: Record<Exclude<Stage, 'map' | 'engine' | 'traces'>, (hop: Hop) => void> = {
    pairing: () => {},
    graph: (hop) => graph.count(hop),
    baseline: (hop) => {
      graph.count(hop);
      baseline.learn(hop, false);
    },
    detections: (hop) => {
      graph.count(hop);
      const signs = isLearning ? 0 : detector.judge(hop).length;
      baseline.learn(hop, signs > 0);
    },
  };
  const aheads: Partial<Record<Stage, (hops: readonly Hop[], count: number) => void>> = {
    graph: (hops, count) => graph.bringNear(hops, count),
    baseline: (hops, count) => {
      graph.bringNear(hops, count);
      baseline.bringNear(hops, count);
    },
    detections: (hops, count) => {
      graph.bringNear(hops, count);
      baseline.bringNear(hops, count);
    },
  };
  const assembler = new Assembler(
    { names, resolver: parts.resolver, limits: settings.pairing, seed: parts.seed },
    ways[stage],
    aheads[stage],
  );
  return {
    take: (batch, now) => assembler.take(batch, now),
    tick: (now) => {
      assembler.tick(now);
      baseline.tick(now);
    },
    acceptAll: () => {
      baseline.acceptAll();
      isLearning = false;
    },
  };
}

function bare(pairing: MapPairing): Pipeline {
  return { take: (batch, now) => pairing.take(batch, now), tick: () => {}, acceptAll: () => {} };
}

function wholeEngine(keepsTraces: boolean): Pipeline {
  const engine = engineOf(undefined, keepsTraces);
  engine.startLearning();
  return {
    engine,
    take: (batch, now) => engine.take(batch, now),
    tick: (now) => engine.tick(now),
    acceptAll: () => engine.startJudging(),
  };
}
