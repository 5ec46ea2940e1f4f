import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { copyHop, Hop, OUTCOME } from '../hop.ts';
import type { Alert } from '../model.ts';
import { TracingNames } from '../names.ts';
import type { SeenSign } from '../seen-sign.ts';
import { estateOf } from '../testing/estate.ts';
import { StorySettings } from './settings.ts';
import { Stories } from './stories.ts';

const SECOND = 1_000;
const HOUR = 3_600_000;
const DAY = 24 * HOUR;
const START = Date.UTC(2026, 0, 20);
const LIMITS = {
  ...{ maxServices: 2_000, maxEndpoints: 2_000, maxPrincipals: 100, maxAddresses: 100 },
  maxVersions: 100,
};

interface Step {
  readonly from: string;
  readonly to: string;
  /** Milliseconds after the start. */
  readonly at?: number;
  readonly score?: number;
  readonly trace?: number;
  readonly parent?: number;
  readonly kind?: string;
  /** Who called, by its own word. */
  readonly claimed?: string;
  /** A gRPC method that is called, and no path. */
  readonly rpc?: string;
  readonly isDenied?: boolean;
}

class World {
  readonly names = new TracingNames(LIMITS);
  readonly alerts = new Map<string, Alert>();
  readonly tellings: boolean[] = [];
  readonly ended: string[] = [];
  readonly parts = {
    names: this.names,
    estate: estateOf({ payments: { sensitivity: ['pci'] }, orders: {}, reviews: {} }),
    settings: StorySettings.parse({
      thresholdNats: 5,
      coincidenceNats: 0,
      maxStories: 50,
      recentHops: 1_024,
    }),
    onAlert: (alert: Alert, isNew: boolean) => {
      this.alerts.set(alert.id, alert);
      this.tellings.push(isNew);
    },
    onEnd: (id: string) => this.ended.push(id),
  };
  stories = new Stories(this.parts);
  #hops = 0;

  /** An ordinary request; the number of its hop. */
  pass(step: Step): number {
    this.stories.take(this.#hop(step), []);
    return this.#hops;
  }

  see(...steps: readonly Step[]): void {
    for (const step of steps) {
      const hop = this.#hop(step);
      this.stories.take(hop, [this.#sign(hop, step)]);
    }
  }

  get only(): Alert {
    const alerts = [...this.alerts.values()];
    expect(alerts).toHaveLength(1);
    return alerts[0] as Alert;
  }

  #hop({
    from,
    to,
    at = 0,
    trace = 0,
    parent = 0,
    claimed = '',
    rpc,
    isDenied = false,
  }: Step): Hop {
    const hop = new Hop();
    const { services } = this.names;
    hop.trace[0] = trace;
    hop.caller = from === '*' ? 0 : services.number(from);
    hop.callee = services.number(to);
    if (isDenied) hop.outcome = OUTCOME.denied;
    if (claimed !== '') hop.claimed = services.number(claimed);
    hop.endpoint = rpc
      ? this.names.endpoint(hop.callee, 'grpc', 'RPC', rpc)
      : this.names.endpoint(hop.callee, 'http', 'POST', '/charges');
    return Object.assign(hop, { at: START + at, id: ++this.#hops, parent, rank: 2 });
  }

  #sign(hop: Hop, { from, to, score = 3, kind = 'new-edge' }: Step): SeenSign {
    const copy = copyHop(hop);
    const sign = {
      ...{ kind, score, from, to, severity: 'medium' as const, technique: 'T1021' },
      ...{ operation: 'POST /charges', reason: `${from} called ${to}.`, evidence: {} },
      time: new Date(Math.abs(hop.at) < 8e15 ? hop.at : 0).toISOString(),
      traceId: copy.traceId,
    };
    return { sign, hop: copy, group: `${kind}\n${from}\n${to}`, isNews: kind === 'new-edge' };
  }
}

const CHAIN: readonly Step[] = [
  { from: 'web', to: 'reviews', at: 0, trace: 1 },
  { from: 'reviews', to: 'orders', at: HOUR, trace: 2 },
  { from: 'orders', to: 'payments', at: 2 * HOUR, trace: 3 },
];

describe('signs of one story', () => {
  it('lead to where somebody got, and not to where he came in or was refused', () => {
    const world = new World();
    world.see(
      { from: '*', to: 'payments', trace: 1 },
      { from: 'payments', to: 'reviews', trace: 1, at: 10 },
      { from: 'payments', to: 'orders', trace: 1, at: 20, isDenied: true },
    );
    expect(world.only).toMatchObject({ from: '*', to: 'reviews' });
    expect(world.only.reason).toMatch(/to the next: outside, payments, reviews/);
  });

  it('are one alert: a chain that is followed from one service to the next', () => {
    const world = new World();
    world.see(...CHAIN);
    world.stories.tick(START + DAY);
    expect(world.only).toMatchObject({
      kind: 'chain',
      from: 'web',
      to: 'payments',
      path: ['web', 'reviews', 'orders', 'payments'],
      techniques: ['T1210', 'T1021'],
    });
    expect(world.tellings).toEqual([true, false]);
  });

  const belong: [string, readonly Step[]][] = [
    ['of one trace', [CHAIN[0] as Step, { from: 'orders', to: 'payments', trace: 1 }]],
    [
      'from one origin, days apart',
      [
        { from: 'web', to: 'reviews', score: 4 },
        { from: 'web', to: 'orders', at: 2 * DAY, score: 4 },
      ],
    ],
    ['that go on from what was reached', CHAIN.slice(0, 2)],
  ];
  it.each(belong)('are those %s', (_which, steps) => {
    const world = new World();
    world.see(...steps);
    expect(world.only.signs).toHaveLength(2);
  });

  const apart: [string, readonly Step[]][] = [
    [
      'from others to others',
      [
        { from: 'a', to: 'b' },
        { from: 'c', to: 'd' },
      ],
    ],
    [
      'that go on too late',
      [
        { from: 'a', to: 'b' },
        { from: 'b', to: 'c', at: DAY },
      ],
    ],
    [
      'from one origin, but after the window',
      [
        { from: 'a', to: 'b' },
        { from: 'a', to: 'c', at: 30 * DAY },
      ],
    ],
    [
      'of which one says too little to connect',
      [
        { from: 'a', to: 'b', score: 1.5 },
        { from: 'b', to: 'c', score: 4 },
      ],
    ],
  ];
  it.each(apart)('are not those %s', (_which, steps) => {
    const world = new World();
    world.see(...steps);
    expect(world.alerts.size).toBe(0);
    expect(world.stories.size).toBe(2);
  });

  it('are the same in whatever order they come within seconds', () => {
    const steps = CHAIN.map((step, place) => ({ ...step, at: place * 100 }));
    fc.assert(
      fc.property(fc.shuffledSubarray(steps, { minLength: 3 }), (order) => {
        const world = new World();
        world.see(...order);
        world.stories.tick(START + DAY);
        expect(world.only.path).toEqual(['web', 'reviews', 'orders', 'payments']);
        expect(world.only.signs.map(({ to }) => to)).toEqual(['reviews', 'orders', 'payments']);
      }),
    );
  });

  it('add up over days, and are told as slow movement', () => {
    const world = new World();
    for (const [day, to] of ['a', 'b', 'c', 'd'].entries()) {
      world.see({ from: 'web', to, at: day * DAY, trace: day + 1, score: 2.2 });
    }
    world.stories.tick(START + 4 * DAY);
    expect(world.only.kind).toBe('slow-movement');
    expect(world.only.reason).toContain('web did something new on 4 different days');
  });

  it('add only what they say beyond what comes by chance', () => {
    const alertsOf = (score: number): number => {
      const world = new World();
      const settings = StorySettings.parse({ thresholdNats: 5, coincidenceNats: 2 });
      world.stories = new Stories({ ...world.parts, settings });
      for (let day = 0; day < 20; day++) {
        world.see({
          from: 'web',
          to: `s${day}`,
          at: day * DAY,
          trace: day + 1,
          score: day === 0 ? 4 : score,
        });
      }
      return world.alerts.size;
    };
    expect(alertsOf(1.9)).toBe(0);
    expect(alertsOf(3.5)).toBe(1);
  });

  it('do not add up by being the same again and again', () => {
    const world = new World();
    for (let at = 0; at < 1_000; at++)
      world.see({ from: 'web', to: 'a', at: at * SECOND, score: 2 });
    expect(world.alerts.size).toBe(0);
  });
});

describe('an alert', () => {
  const raisesOf = (...steps: Step[]): number => {
    const world = new World();
    world.see({ from: 'web', to: 'a', score: 6 }, ...steps);
    return world.only.raised;
  };
  it('is raised again where, after a pause, as much comes as makes an alert', () => {
    const next = { from: 'web', to: 'b', score: 5 };
    expect(raisesOf({ ...next, at: 30 * 60 * SECOND, score: 3 })).toBe(1);
    expect(raisesOf({ ...next, at: 2 * HOUR })).toBe(2);
    expect(raisesOf({ ...next, at: 2 * HOUR, score: 3 })).toBe(1);
  });

  it('is raised again at once where it says so much more', () => {
    expect(raisesOf({ from: 'web', to: 'b', at: 60 * SECOND, score: 7 })).toBe(2);
  });

  it('is not raised again for what people know already', () => {
    const world = new World();
    for (const hours of [0, 4, 8]) {
      world.see({ from: 'web', to: 'a', at: hours * HOUR, score: 6, kind: 'missing-context' });
    }
    expect(world.only.raised).toBe(1);
  });

  it('knows after a restart what it has raised', () => {
    const world = new World();
    world.see({ from: 'web', to: 'a', score: 6 });
    world.stories = Stories.restore(world.parts, structuredClone(world.stories.snapshot()));
    world.see({ from: 'web', to: 'b', at: 2 * HOUR, score: 5 });
    expect(world.only.raised).toBe(2);
  });

  it('shows the ordinary requests that led to its signs', () => {
    const world = new World();
    const first = world.pass({ from: '*', to: 'web', trace: 9 });
    const second = world.pass({ from: 'web', to: 'reviews', trace: 9, parent: first });
    world.see({ from: 'reviews', to: 'payments', trace: 9, parent: second, score: 6 });
    expect(world.only.hops.map(({ from, to, signs }) => [from, to, signs.length])).toEqual([
      ['*', 'web', 0],
      ['web', 'reviews', 0],
      ['reviews', 'payments', 1],
    ]);
    expect(world.only).toMatchObject({ path: ['web', 'reviews', 'payments'], severity: 'high' });
  });

  it('names few services, whatever was scanned', () => {
    const world = new World();
    for (let at = 0; at < 200; at++) world.see({ from: 'web', to: `s${at}`, at: at * SECOND });
    world.stories.tick(START + DAY);
    expect(world.only.path.length).toBeLessThanOrEqual(8);
    expect(world.only.signs.length).toBeLessThanOrEqual(24);
    expect(world.only.reason).toMatch(/^web called s\d+ \(and \d+ more signs\)\.$/);
  });

  it('says why in the sentence of its only sign', () => {
    const world = new World();
    world.see({ from: 'web', to: 'payments', score: 6 });
    expect(world.only.reason).toBe('web called payments.');
  });

  it('leads over services that were reached, and not over one whose name was claimed', () => {
    const world = new World();
    world.see({ from: 'web', to: 'payments', claimed: 'orders', score: 6 });
    expect(world.only.path).toEqual(['web', 'payments']);
  });

  it('names operations as declarations write them', () => {
    const world = new World();
    world.see({ from: 'web', to: 'payments', rpc: '/cards.v1.Cards/Charge', score: 6 });
    expect(world.only.hops.map(({ operation }) => operation)).toEqual(['cards.v1.Cards/Charge']);
  });

  it('has the same id for the same input', () => {
    const ids = [1, 2].map(() => {
      const world = new World();
      world.see(...CHAIN);
      return world.only.id;
    });
    expect(ids[0]).toBe(ids[1]);
  });

  it('grows after a restart, and not into another', () => {
    const world = new World();
    world.see(...CHAIN.slice(0, 2));
    const kept: unknown = JSON.parse(JSON.stringify(world.stories.snapshot()));
    world.stories = Stories.restore(world.parts, kept);
    world.see(...CHAIN.slice(2));
    world.stories.tick(START + DAY);
    expect(world.only.signs).toHaveLength(3);
  });

  it('ends when its window has passed, or when people say so', () => {
    const world = new World();
    world.see(...CHAIN);
    world.stories.tick(START + 30 * DAY);
    expect(world.ended).toEqual([world.only.id]);
    expect(world.stories.size).toBe(0);
    const other = new World();
    other.see(...CHAIN);
    expect(other.stories.end(other.only.id)).toBe(true);
    expect(other.stories.size).toBe(0);
  });
});

describe('stories', () => {
  it('are bounded, and keep alerts', () => {
    const world = new World();
    world.see(...CHAIN);
    for (let at = 0; at < 900; at++) world.see({ from: `x${at}`, to: `y${at}`, score: 1, at });
    expect(world.stories.size).toBeLessThanOrEqual(50);
    expect(world.stories.alert(world.only.id)).toBeDefined();
  });

  it('take whatever comes', () => {
    const step = fc.record({
      from: fc.constantFrom('*', 'a', 'b', 'c'),
      to: fc.constantFrom('a', 'b', 'c', 'd'),
      at: fc.oneof(fc.double(), fc.integer({ min: 0, max: 30 * DAY })),
      score: fc.double({ min: 0, max: 20, noNaN: true }),
      trace: fc.nat(5),
      parent: fc.nat(40),
    });
    fc.assert(
      fc.property(fc.array(step, { maxLength: 30 }), (steps) => {
        const world = new World();
        world.see(...steps);
        world.stories.tick(START + DAY);
        world.stories = Stories.restore(
          world.parts,
          JSON.parse(JSON.stringify(world.stories.snapshot())),
        );
        expect(world.stories.size).toBeLessThanOrEqual(50);
      }),
    );
  });

  it('that cannot be read are a fault', () => {
    const { parts } = new World();
    expect(() => Stories.restore(parts, { version: 9 })).toThrow(
      expect.objectContaining({ code: 'tracing/state-malformed' }),
    );
  });
});
