import type { Protocol } from '../model.ts';
import type { Party } from '../sighting/index.ts';

export type SpanParty = Party['subject'];

/** What was asked for, as in `Sighting`. */
export interface SpanOperation {
  readonly protocol: Protocol;
  readonly method: string;
  /** The path as sent, without query; else as in `Endpoint.template`. Requests of one batch that have the same route, or
   *  whose paths differ in values alone (numbers, ids: `pathShape`), share one operation, with the path of the first. */
  readonly path: string;
  /** The template that the reporter names. */
  readonly route?: string;
}
