import { describe, expect, it } from 'vitest';
import type { ShownSign } from './detections/index.ts';
import { TracingEngine } from './engine.ts';
import { TracingSettings } from './settings.ts';
import { estateOf, plainResolver } from './testing/estate.ts';
import { traceOf } from './testing/requests.ts';

const HOUR = 3_600_000;
const START = Date.UTC(2026, 0, 5);
const CHARGE = 'POST /cards.v1.Cards/Charge';

/** An engine that has seen web call orders, over gRPC, for two days. */
function settled(): TracingEngine {
  const engine = new TracingEngine({
    resolver: {
      ...plainResolver,
      endpoint: (_, { path }) => ({ protocol: 'grpc', method: 'RPC', template: path }),
    },
    estate: estateOf({ web: {}, orders: {} }),
    settings: TracingSettings.parse({}),
    seed: 7,
    onAlert: () => undefined,
  });
  for (let hour = 0; hour < 48; hour++) {
    const at = START + hour * HOUR;
    engine.take(traceOf(hour, at, [{ from: 'web', to: 'orders', operation: CHARGE }]), at);
    engine.tick(at + HOUR);
  }
  return engine;
}

const sign = (operation: string): ShownSign => ({
  ...{ kind: 'new-edge', from: 'web', to: 'orders', operation, evidence: {} },
});

/** How the edge from web to orders stands. */
const stateOf = ({ baseline, names }: TracingEngine) =>
  baseline.describe(names.services.find('orders')).callers.map(({ state }) => state);

describe('what people say of signs', () => {
  it('is of the operation that a sign names, and of no other', () => {
    const engine = settled();
    engine.learn([sign('cards.v1.Cards/Charge')], 'malicious', []);
    expect(stateOf(engine)).toEqual(['usual']);
  });

  it.each([
    ['malicious', 'malicious'],
    ['expected', 'accepted'],
  ] as const)('holds until it is taken back: %s', (verdict, state) => {
    const engine = settled();
    engine.learn([sign('*')], verdict, []);
    expect(stateOf(engine)).toEqual([state]);
    engine.forget([sign('*')], verdict);
    expect(stateOf(engine)).toEqual(['usual']);
  });
});
