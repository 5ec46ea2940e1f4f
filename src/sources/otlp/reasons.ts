/** Why something of what came in was not taken, and what it counts: requests, spans, halves of calls,
 *  attributes or times. A closed table: no reason ever holds a word of what came in.
 *  `dropped`: of no use, or beyond a bound; the sender can do nothing. `refused`: the sender is told. */
const REASONS = {
  'not found': { of: 'request', outcome: 'refused' },
  'not a POST': { of: 'request', outcome: 'refused' },
  'host or token refused': { of: 'request', outcome: 'refused' },
  'content type': { of: 'request', outcome: 'refused' },
  'content encoding': { of: 'request', outcome: 'refused' },
  'too many at once': { of: 'request', outcome: 'refused' },
  'too large': { of: 'request', outcome: 'refused' },
  'too large unpacked': { of: 'request', outcome: 'refused' },
  'too slow': { of: 'request', outcome: 'refused' },
  'broken off': { of: 'request', outcome: 'refused' },
  'broken frames': { of: 'request', outcome: 'refused' },
  'not HTTP': { of: 'request', outcome: 'refused' },
  'broken gzip': { of: 'request', outcome: 'refused' },
  'broken protobuf': { of: 'request', outcome: 'refused' },
  'broken JSON': { of: 'request', outcome: 'refused' },
  'could not be stored': { of: 'request', outcome: 'refused' },
  'no service name': {
    of: 'span',
    outcome: 'refused',
    sentence: 'spans without a readable `service.name` of their own cannot be attributed',
  },
  'too many services': {
    of: 'span',
    outcome: 'refused',
    sentence: 'there are more services than `otlp.maxParties`',
  },
  'no trace or span id': {
    of: 'span',
    outcome: 'refused',
    sentence: 'spans need a trace id and a span id',
  },
  'not a call': { of: 'span', outcome: 'dropped' },
  'no operation': { of: 'span', outcome: 'dropped' },
  preflight: { of: 'span', outcome: 'dropped' },
  'unusable method': { of: 'span', outcome: 'dropped' },
  'unusable path': { of: 'span', outcome: 'dropped' },
  'temporary destination': { of: 'span', outcome: 'dropped' },
  'unusable GraphQL': { of: 'span', outcome: 'dropped' },
  'too many GraphQL documents': { of: 'span', outcome: 'dropped' },
  'attribute of a wrong type': { of: 'attribute', outcome: 'dropped' },
  'no time': { of: 'time', outcome: 'dropped' },
  'clock not believed': { of: 'time', outcome: 'dropped' },
  'caller pushed out': { of: 'half', outcome: 'dropped' },
  'called side pushed out': { of: 'half', outcome: 'dropped' },
  'operation forgotten': { of: 'half', outcome: 'dropped' },
  'host forgotten': { of: 'half', outcome: 'dropped' },
  'too many tries': { of: 'half', outcome: 'dropped' },
} as const satisfies Record<string, ReasonEntry>;

interface ReasonEntry {
  readonly of: 'request' | 'span' | 'half' | 'attribute' | 'time';
  readonly outcome: 'dropped' | 'refused';
  /** What the sender is told, for spans that are refused. */
  readonly sentence?: string;
}

export type OtlpReason = keyof typeof REASONS;
export const OTLP_REASONS: Readonly<Record<OtlpReason, ReasonEntry>> = REASONS;

const ALL = Object.keys(REASONS) as OtlpReason[];

/** The place of a reason in `ReasonCounts`, for code that runs for every span. */
export function reasonNumber(reason: OtlpReason): number {
  return ALL.indexOf(reason);
}

export interface ReasonCount {
  readonly reason: OtlpReason;
  readonly count: number;
}

/** Counts by reason, in one array. */
export class ReasonCounts {
  readonly #counts = new Float64Array(ALL.length);

  add(reason: number, count = 1): void {
    this.#counts[reason] = (this.#counts[reason] ?? 0) + count;
  }

  /** What was counted since the last time, and starts again at nothing. */
  drain(): ReasonCount[] {
    const drained: ReasonCount[] = [];
    for (let number = 0; number < ALL.length; number++) {
      const count = this.#counts[number] ?? 0;
      const reason = ALL[number];
      if (count > 0 && reason !== undefined) drained.push({ reason, count });
    }
    this.#counts.fill(0);
    return drained;
  }
}
