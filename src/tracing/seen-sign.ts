import type { HopCopy } from './hop.ts';
import type { Sign } from './model.ts';

/** A sign with the hop that showed it: what a story is made of. */
export interface SeenSign {
  readonly sign: Sign;
  readonly hop: HopCopy;
  /** Kind and parties: what shows the same of the same again adds less. */
  readonly group: string;
  /** It is of something that was not before, and so never of what was told already. */
  readonly isNews: boolean;
  /** Number of the service that it truly came from, where that is not who called by the hop: the one whose address
   *  another's identity was used from. */
  readonly origin?: number | undefined;
}
