import type { Location } from './model.ts';

/** A finding of a check that somebody accepts, as the repository says it. */
export interface Waiver {
  /** Id of the finding: `check-` and 16 hexadecimal digits. */
  readonly finding: string;
  readonly reason: string;
  /** The team that answers for it. */
  readonly owner: string;
  /** The last day on which it holds, in UTC: `2027-01-31`. */
  readonly until: string;
  readonly location: Location;
}
