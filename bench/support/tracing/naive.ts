import type { SpanBatch } from '../../../src/estate/spans/index.ts';
import type { Hop } from '../../../src/tracing/hop.ts';
import { TracingNames, TracingSettings } from '../../../src/tracing/index.ts';
import { Assembler, PairingLimits } from '../../../src/tracing/pairing/index.ts';
import type { Resolver } from '../../../src/tracing/ports.ts';
import type { RaisedAlert, ShownHop } from './raised.ts';

const MOST = 2 ** 21;

/** A detector that alerts on whatever it has not seen before: a service that calls another, an endpoint that it asks for,
 *  an identity that is not that of the name that is claimed. What a trace shows is one alert. It learns at once. */
export class Naive {
  readonly #assembler: Assembler;
  readonly #names: TracingNames;
  readonly #seen = [new Set<number>(), new Set<number>(), new Set<number>()] as const;
  readonly #alerts = new Map<string, { raisedAt: number; hops: ShownHop[] }>();
  readonly #judgedFrom: number;
  #now = 0;

  constructor(resolver: Resolver, judgedFrom: number) {
    this.#judgedFrom = judgedFrom;
    this.#names = new TracingNames(TracingSettings.parse({}).names);
    const parts = { names: this.#names, resolver, limits: PairingLimits.parse({}) };
    this.#assembler = new Assembler(parts, (hop) => this.#onHop(hop));
  }

  take(batch: SpanBatch, now: number): void {
    this.#now = now;
    this.#assembler.take(batch, now);
  }
  tick(now: number): void {
    this.#now = now;
    this.#assembler.tick(now);
  }
  estateChanged(): void {
    this.#assembler.forgetMeanings();
  }

  /** All that it has told. */
  alerts(): RaisedAlert[] {
    return [...this.#alerts].map(([id, { raisedAt, hops }]) => ({
      id,
      tellings: [{ at: raisedAt, until: hops[0]?.at ?? raisedAt, score: 1 }],
      hops,
      services: new Set(hops.flatMap(({ from, to }) => [from, to])).size,
      kinds: ['first seen'],
    }));
  }

  #onHop(hop: Hop): void {
    if (!this.#isNew(hop) || hop.at < this.#judgedFrom) return;
    const traceId = toHex(hop.trace);
    const shown = {
      from: this.#names.services.text(hop.caller),
      to: this.#names.services.text(hop.callee),
      at: hop.at,
      traceId,
    };
    const id = traceId ?? `${hop.id}`;
    const alert = this.#alerts.get(id);
    if (alert) alert.hops.push(shown);
    else this.#alerts.set(id, { raisedAt: this.#now, hops: [shown] });
  }

  #isNew({ caller, callee, endpoint, claimed, proved, principal }: Hop): boolean {
    const [edges, operations, claims] = this.#seen;
    const isNewEdge = isFirst(edges, caller * MOST + callee);
    const isNewOperation = isFirst(operations, caller * MOST + endpoint);
    const isFalse = principal !== 0 && claimed !== 0 && claimed !== proved;
    return isNewEdge || isNewOperation || (isFalse && isFirst(claims, principal * MOST + claimed));
  }
}

function isFirst(seen: Set<number>, key: number): boolean {
  if (seen.has(key)) return false;
  seen.add(key);
  return true;
}

function toHex(words: Uint32Array): string | null {
  if (words.every((word) => word === 0)) return null;
  return Buffer.from(words.buffer, words.byteOffset, words.byteLength).toString('hex');
}
