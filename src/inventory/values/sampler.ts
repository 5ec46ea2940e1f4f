import type { Clock } from '../../base/clock.ts';
import type { JudgePayload, PayloadSample } from '../../estate/sighting/index.ts';
import { classifyValues } from './classify-values.ts';
import { isData, readPayload } from './payload.ts';

/** How many payloads are judged, and how much of each. */
export interface SampleLimits {
  /** Of one payload, from its beginning. */
  readonly maxBytes: number;
  /** Payloads of all endpoints, in a second. */
  readonly perSecond: number;
  /** Requests, and likewise answers, of one endpoint, in a minute. */
  readonly perEndpoint: number;
}

/** What became of payloads that were there to be judged. */
export const SAMPLE_OUTCOMES = {
  judged: 'taken',
  'no data: a picture, page, script or packed': 'dropped',
  'more payloads than are judged': 'dropped',
  'more payloads of one endpoint than are judged': 'dropped',
} as const;
export type SampleOutcome = keyof typeof SAMPLE_OUTCOMES;

const SECOND_MS = 1_000;
const MINUTE_MS = 60_000;
const MAX_NAME = 300;
/** Longer segments are values. */
const MAX_WORD = 24;

/** Judges some of the payloads that it is shown, within its limits, and keeps none. A frequent endpoint
 *  takes no more than its share, so that seldom ones are judged too. */
export class PayloadSampler {
  readonly #limits: SampleLimits;
  readonly #clock: Clock;
  readonly #count: (outcome: SampleOutcome) => void;
  #second = Number.NEGATIVE_INFINITY;
  #inSecond = 0;
  #minute = Number.NEGATIVE_INFINITY;
  /** Judged in this minute, by endpoint: as many at most as are judged in a minute. */
  readonly #inMinute = new Map<string, number>();

  constructor(limits: SampleLimits, clock: Clock, count: (outcome: SampleOutcome) => void) {
    this.#limits = limits;
    this.#clock = clock;
    this.#count = count;
  }

  /** A function by itself, for sources. */
  readonly judge: JudgePayload = (sample) => {
    if (sample.content.length === 0) return undefined;
    const outcome = this.#admit(sample);
    if (outcome !== 'judged') {
      this.#count(outcome);
      return undefined;
    }
    const data = readPayload(sample, this.#limits.maxBytes);
    if (data === undefined) {
      this.#count('no data: a picture, page, script or packed');
      return undefined;
    }
    this.#count('judged');
    return classifyValues(data);
  };

  #admit(sample: PayloadSample): SampleOutcome {
    if (!isData(sample)) return 'no data: a picture, page, script or packed';
    this.#turn(this.#clock());
    if (this.#inSecond >= this.#limits.perSecond) {
      return 'more payloads than are judged';
    }
    const name = nameOf(sample);
    const known = this.#inMinute.get(name) ?? 0;
    if (known >= this.#limits.perEndpoint) {
      return 'more payloads of one endpoint than are judged';
    }
    this.#inSecond++;
    this.#inMinute.set(name, known + 1);
    return 'judged';
  }

  #turn(now: number): void {
    const second = Math.floor(now / SECOND_MS);
    if (second === this.#second) return;
    this.#second = second;
    this.#inSecond = 0;
    const minute = Math.floor(now / MINUTE_MS);
    if (minute === this.#minute) return;
    this.#minute = minute;
    this.#inMinute.clear();
  }
}

/** An endpoint before its template is known: segments that look like values are alike. */
function nameOf({ operation, part }: PayloadSample): string {
  const { service, method, path, route } = operation;
  const segments = path.slice(0, MAX_NAME).split('/');
  const name = route ?? segments.map((segment) => (isValue(segment) ? '*' : segment)).join('/');
  return `${part} ${service.key} ${method} ${name}`;
}

function isValue(segment: string): boolean {
  return segment.length > MAX_WORD || /[\d%@]/.test(segment);
}
