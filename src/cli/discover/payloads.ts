import type { JudgePayload } from '../../estate/sighting/index.ts';
import {
  PayloadSampler,
  type SampleLimits,
  type SampleOutcome,
} from '../../inventory/values/index.ts';

/** Logs are read as fast as can be, so that what is judged is bounded over the whole of them. */
const LIMITS: SampleLimits = { maxBytes: 65_536, perSecond: 100_000, perEndpoint: 100 };

/** What became of the payloads in the files, where they were to be judged. */
export interface JudgedPayloads {
  readonly judged: number;
  readonly leftOut: readonly { readonly reason: string; readonly count: number }[];
}

/** Judges payloads of files, and keeps counts of kinds alone. */
export class FilePayloads {
  readonly judge: JudgePayload;
  readonly #counts = new Map<SampleOutcome, number>();

  constructor() {
    const count = (outcome: SampleOutcome): void =>
      void this.#counts.set(outcome, (this.#counts.get(outcome) ?? 0) + 1);
    this.judge = new PayloadSampler(LIMITS, () => 0, count).judge;
  }

  summary(): JudgedPayloads {
    const leftOut = [...this.#counts].flatMap(([reason, count]) =>
      reason === 'judged' ? [] : [{ reason, count }],
    );
    return {
      judged: this.#counts.get('judged') ?? 0,
      leftOut: leftOut.sort((a, b) => b.count - a.count),
    };
  }
}
