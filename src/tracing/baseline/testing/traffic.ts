import { Hop, RANK } from '../../hop.ts';
import { TracingNames } from '../../names.ts';
import { Baseline, BaselineSettings, type ChangeView, Usual } from '../index.ts';

export const HOUR = 3_600_000;
export const DAY = 24 * HOUR;
/** A Monday. */
export const START = Date.parse('2026-03-02T00:00:00Z');

type Told = Omit<Partial<Hop>, 'trace' | 'span'>;

/** Traffic between services that go by names, and a baseline that learns it. */
export class Traffic {
  readonly names = new TracingNames({
    maxServices: 1_000,
    maxEndpoints: 1_000,
    maxPrincipals: 1_000,
    maxAddresses: 1_000,
    maxVersions: 1_000,
  });
  readonly baseline: Baseline;
  readonly #hop = new Hop();

  constructor(settings: Record<string, unknown> = {}, changes?: ChangeView) {
    const parsed = BaselineSettings.parse(settings);
    const parts = { names: this.names, settings: parsed };
    this.baseline = new Baseline(changes ? { ...parts, changes } : parts);
  }

  service(name: string): number {
    return this.names.services.number(`prod/shop/${name}`);
  }
  endpoint(service: string, template: string): number {
    return this.names.endpoint(this.service(service), 'http', 'GET', template);
  }

  /** A proved call, with what else is told of it. */
  hop(at: number, from: string, to: string, told: Told = {}): Hop {
    const fresh = new Hop();
    const caller = from === '*' ? 0 : this.service(from);
    return Object.assign(this.#hop, fresh, {
      ...{ at, caller, claimed: caller, callee: this.service(to), rank: RANK.authenticated },
      ...told,
    });
  }

  learn(at: number, from: string, to: string, told: Told = {}, isSuspect = false): void {
    this.baseline.learn(this.hop(at, from, to, told), isSuspect);
  }

  look(at: number, from: string, to: string, told: Told = {}): Usual {
    return plainUsual(this.baseline.look(this.hop(at, from, to, told)));
  }
}

/** All that was found for a hop, as it is now. */
export function plainUsual(usual: Usual): Usual {
  const copy: Record<string, unknown> = {};
  for (const field of Object.keys(new Usual())) copy[field] = Reflect.get(usual, field);
  return Object.assign(new Usual(), copy);
}
