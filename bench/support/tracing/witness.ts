import type { Baseline } from '../../../src/tracing/baseline/index.ts';
import { DetectionSettings, Detector } from '../../../src/tracing/detections/index.ts';
import type { Hop } from '../../../src/tracing/hop.ts';
import type { TracingNames } from '../../../src/tracing/names.ts';
import type { EstateView } from '../../../src/tracing/ports.ts';
import type { Attack, AttackHop } from './attack.ts';

const SKEW_MS = 5_000;
const RANKS = ['nobody says', 'asserted', 'authenticated'];

export interface WitnessParts {
  readonly names: TracingNames;
  readonly baseline: Baseline;
  readonly estate: EstateView;
}

/** Sees the requests of attacks as the engine does, before it learns them, and writes down what was known of them: so that
 *  a miss explains itself. */
export class Witness {
  readonly #parts: WitnessParts;
  readonly #detector: Detector;
  readonly #seen = new Map<AttackHop, string[]>();
  #hops = new Map<string, { readonly to: string; readonly hop: AttackHop }[]>();
  #count = 0;

  constructor({ names, baseline, estate }: WitnessParts) {
    this.#parts = { names, baseline, estate };
    const settings = DetectionSettings.parse({ leastNats: 0, repeatMinutes: 0.1 });
    this.#detector = new Detector({ names, baseline, estate, settings });
  }

  /** Requests of attacks that have been made by now. */
  expect(attacks: readonly Attack[]): void {
    const hops = attacks.flatMap((attack) => attack.hops);
    if (hops.length === this.#count) return;
    this.#count = hops.length;
    this.#hops = Map.groupBy(
      hops.flatMap((hop) => hop.to.map((to) => ({ to, hop }))),
      ({ to }) => to,
    );
  }

  look(hop: Hop): void {
    const { services } = this.#parts.names;
    const candidates = this.#hops.get(services.text(hop.callee));
    if (!candidates) return;
    const traceId = Buffer.from(hop.trace.buffer).toString('hex');
    const from = services.text(hop.caller);
    const made = candidates.find(
      ({ hop: one }) =>
        one.traceId === traceId ||
        (one.from.includes(from) && Math.abs(one.at - hop.at) <= SKEW_MS),
    )?.hop;
    if (made) this.#seen.set(made, [...(this.#seen.get(made) ?? []), this.#describe(hop)]);
  }

  /** How a request of an attack was seen: nothing where it was not. */
  tellsOf(made: AttackHop): readonly string[] {
    return this.#seen.get(made) ?? [];
  }

  #describe(hop: Hop): string {
    const { services, principals, addresses } = this.#parts.names;
    const signs = this.#detector
      .judge(hop)
      .map(({ sign }) => `${sign.kind} ${sign.score.toFixed(1)} (${sign.reason})`);
    const usual = this.#parts.baseline.look(hop);
    const facts = [
      `caller ${services.text(hop.caller) || '*'}`,
      `claimed ${services.text(hop.claimed) || '-'}`,
      `proved ${services.text(hop.proved) || '-'} by ${principals.text(hop.principal) || '-'}`,
      RANKS[hop.rank],
      `${addresses.text(hop.address) || 'no address'} of ${services.text(usual.addressOwner) || '-'}`,
      `seen ${(usual.addressOwnerQuietMs / 60_000).toFixed(0)} min before`,
      hop.hasContext ? 'context' : 'no context',
      ...(hop.isEntry ? ['entry'] : []),
      ...(hop.isHalf ? ['half'] : []),
      `edge known ${usual.isEdgeKnown} ${usual.edgeDays} d ${usual.edgeCount.toFixed(0)}`,
      `operation known ${usual.isEndpointEdgeKnown} ${usual.endpointEdgeDays} d`,
      `context ${(usual.edgeContextShare * 100).toFixed(2)} %`,
      `callee's ${(usual.calleeContextShare * 100).toFixed(2)} %`,
      `entries ${(usual.entryShare * 100).toFixed(2)} %`,
    ];
    return `${facts.join(', ')}: ${signs.join(' + ') || 'no sign'}`;
  }
}
