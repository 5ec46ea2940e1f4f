import type { Hop } from '../../../src/tracing/hop.ts';
import { TracingEngine, TracingSettings } from '../../../src/tracing/index.ts';
import type { Attack } from './attack.ts';
import { Naive } from './naive.ts';
import { Raised, type RaisedAlert } from './raised.ts';
import type { WorldSettings } from './settings.ts';
import { Witness, type WitnessParts } from './witness.ts';
import { World } from './world.ts';

/** A while after a batch has come, so that everything in it has waited for long enough. */
const SETTLE_MS = 30_000;

export interface WatchOptions {
  readonly world?: Partial<WorldSettings>;
  /** Score at which stories become alerts; without it, that of the product. */
  readonly thresholdNats?: number | undefined;
  /** The engine is told when to judge; else it judges from the start on, and finds out by itself what it knows. */
  readonly isTold?: boolean;
  /** Writes down how requests of attacks were seen. */
  readonly isWitnessed?: boolean;
  /** Hears of each request before it is learnt. */
  readonly observe?: (parts: WitnessParts, judgedFrom: number) => (hop: Hop) => void;
}

/** What was told of one generated estate. */
export interface Watched {
  readonly seed: number;
  readonly services: number;
  readonly judgedDays: number;
  readonly judgedFrom: number;
  readonly attacks: readonly Attack[];
  readonly alerts: readonly RaisedAlert[];
  readonly naive: readonly RaisedAlert[];
  readonly raised: Raised;
  readonly witness?: Witness | undefined;
  readonly rows: number;
  readonly hops: number;
}

/** Has one generated estate watched by the engine, and by a naive detector beside it. */
export function watch(seed: number, options: WatchOptions = {}): Watched {
  const world = new World(seed, options.world);
  const { resolver, view } = world.known;
  const raised = new Raised();
  const stories =
    options.thresholdNats === undefined ? {} : { thresholdNats: options.thresholdNats };
  let clock = world.settings.startsAt;
  let witness: Witness | undefined;
  let observer: ((hop: Hop) => void) | undefined;
  const engine = new TracingEngine({
    resolver,
    estate: view,
    settings: TracingSettings.parse({ stories }),
    seed: 1,
    onAlert: (alert) => raised.take(alert, clock),
    onHop: (hop) => {
      witness?.look(hop);
      observer?.(hop);
    },
  });
  const { names, baseline } = engine;
  const parts = { names, baseline, estate: view };
  if (options.isWitnessed) witness = new Witness(parts);
  observer = options.observe?.(parts, world.judgedFrom);
  const naive = new Naive(resolver, world.judgedFrom);
  if (options.isTold) engine.startLearning();
  let rows = 0;
  for (const { now, batch, isEstateChanged } of world.batches()) {
    clock = now;
    witness?.expect(world.attacks);
    if (isEstateChanged) for (const one of [engine, naive]) one.estateChanged();
    for (const one of [engine, naive]) {
      one.take(batch, now);
      one.tick(now + SETTLE_MS);
    }
    if (options.isTold && now === world.judgedFrom) engine.startJudging();
    rows += batch.count;
  }
  const { settings, judgedFrom, attacks } = world;
  return {
    ...{ seed, judgedFrom, attacks, rows, raised, witness },
    services: settings.workloads,
    judgedDays: settings.judgedDays,
    alerts: raised.alerts(),
    naive: naive.alerts(),
    hops: engine.hopCount,
  };
}
