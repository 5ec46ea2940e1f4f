import type { Clock } from '../../base/clock.ts';

/** What can be counted: a closed table, for metrics.
 *  - `sent`: an answer with secrets; `accepted` or `rejected` by Envoy
 *  - `missing`: a name is asked for that is not there
 *  - `other-type`: resources of another type are asked for over ADS
 *  - `unenforced`: certificates are revoked, and an Envoy is not told */
export const SDS_EVENTS = [
  'sent',
  'accepted',
  'rejected',
  'missing',
  'other-type',
  'unenforced',
] as const;
export type SdsEvent = (typeof SDS_EVENTS)[number];

/** Where lines for people go: the part of a log that is needed. */
export interface NoticeLog {
  warn(fields: Readonly<Record<string, unknown>>, message: string): void;
}

/** Who is told of what happens. */
export interface NoticeParts {
  readonly log: NoticeLog;
  readonly count: (event: SdsEvent) => void;
  readonly clock: Clock;
}

const MAX_LINES = 100;
const MINUTE_MS = 60_000;

/** Counts everything, and writes at most a hundred lines a minute: Envoys can make many. */
export class Notices {
  readonly #parts: NoticeParts;
  #since = Number.NEGATIVE_INFINITY;
  #lines = 0;
  #dropped = 0;

  constructor(parts: NoticeParts) {
    this.#parts = parts;
  }

  count(event: SdsEvent): void {
    this.#parts.count(event);
  }

  warn(event: SdsEvent, fields: Readonly<Record<string, unknown>>, message: string): void {
    const { log, count, clock } = this.#parts;
    count(event);
    const now = clock();
    if (now - this.#since >= MINUTE_MS || now < this.#since) {
      const dropped = this.#dropped;
      if (dropped > 0) log.warn({ dropped }, 'more was to be said of Envoys than is written');
      this.#since = now;
      this.#lines = 0;
      this.#dropped = 0;
    }
    if (this.#lines >= MAX_LINES) this.#dropped++;
    else {
      this.#lines++;
      log.warn(fields, message);
    }
  }
}
