/** When bundles are fetched, in milliseconds. */
export interface Pace {
  readonly min: number;
  readonly max: number;
}

/** What is known when the next fetch is planned. */
export interface Progress {
  /** Of the bundle that is held; undefined where it has none, or where none is held. */
  readonly refreshHintSeconds: number | undefined;
  readonly hasBundle: boolean;
  /** Fetches that have failed since the last that did not. */
  readonly failures: number;
}

/** For bundles without a hint. @see SPIFFE Federation §4.1 */
const USUAL = 300_000;
/** Fetches come up to a tenth earlier than they must, so that those of many do not come together. */
const EARLIER = 0.1;

/** How long bundles of this hint are held before they are fetched anew.
 *  @see SPIFFE Federation §4.1 */
export function intervalOf(hintSeconds: number | undefined, { min, max }: Pace): number {
  const wanted = hintSeconds === undefined ? USUAL : hintSeconds * 1_000;
  return Math.min(Math.max(wanted, min), max);
}

/** How long to wait until the next fetch. One that failed is tried again after the usual interval, not
 *  sooner; a first bundle, which somebody waits for, is tried for sooner. Each further failure doubles the
 *  wait, up to five minutes or the interval.
 *  @param random from 0 to 1
 *  @see SPIFFE Federation §6.2 */
export function nextDelay(progress: Progress, pace: Pace, random: number): number {
  const { refreshHintSeconds, hasBundle, failures } = progress;
  const interval = intervalOf(refreshHintSeconds, pace);
  const first = hasBundle ? interval : pace.min;
  const longest = Math.min(Math.max(interval, USUAL), Math.max(pace.max, interval));
  const wait =
    failures === 0 ? interval : Math.min(first * 2 ** Math.min(failures - 1, 30), longest);
  return Math.round(wait * (1 - EARLIER * random));
}
