import { randomInt } from 'node:crypto';
import { compareText } from '../../base/diagnostic.ts';
import { SEVERITIES } from '../../estate/index.ts';
import { type SpanBatch, SpanCursor } from '../../estate/spans/index.ts';
import { type Alert, TracingEngine, TracingSettings } from '../../tracing/index.ts';
import { progressOn } from '../terminal.ts';
import type { Surroundings } from './declared.ts';
import type { GraphReport } from './report.ts';
import type { SpanSpool } from './spool/index.ts';

/** Lets the engine follow all spans by time. What comes until the end of the baseline is learnt, and not judged. */
export function follow(
  spool: SpanSpool,
  surroundings: Surroundings,
  baselineUntil: number,
): GraphReport {
  const alerts = new Map<string, Alert>();
  const engine = new TracingEngine({
    ...{ estate: surroundings.estate, resolver: surroundings.resolver },
    settings: TracingSettings.parse({}),
    seed: randomInt(2 ** 31),
    onAlert: (alert) => alerts.set(alert.id, structuredClone(alert)),
  });
  const progress = progressOn(process.stderr, 'spans followed:');
  engine.startLearning();
  let isLearning = true;
  let done = 0;
  let now = 0;
  for (const batch of spool.batches(baselineUntil)) {
    [now = now] = startsOf(batch);
    engine.tick(now);
    if (isLearning && now >= baselineUntil) {
      surroundings.learnt?.(engine.names.services.texts);
      engine.startJudging();
      isLearning = false;
    }
    engine.take(batch, now);
    done += batch.count;
    progress.update(done, spool.count);
  }
  engine.finish(now);
  progress.end();
  return {
    services: engine.graph.services((service) => ({
      maturity: engine.baseline.maturityOf(service),
      maturityBecause: engine.baseline.maturityBecause(service),
    })),
    edges: engine.graph.edges(),
    alerts: sorted(alerts.values()),
  };
}

/** When the rows of a batch began. */
export function* startsOf(batch: SpanBatch): Generator<number> {
  const cursor = new SpanCursor(batch);
  while (cursor.next()) yield cursor.startMs;
}

/** The worst first, then by time. */
function sorted(alerts: Iterable<Alert>): Alert[] {
  const rank = ({ severity }: Alert) => SEVERITIES.indexOf(severity);
  return [...alerts].sort((a, b) => rank(a) - rank(b) || compareText(a.time, b.time));
}
