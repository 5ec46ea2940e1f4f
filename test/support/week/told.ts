/** What the process of a server is told: its configuration, and how fast secrets age in it. */
export interface ServerTold {
  readonly config: object;
  /** From when on, in milliseconds since 1970. */
  readonly since: number;
  /** The time by which secrets age, then. */
  readonly simulated: number;
  /** How many times faster than the clock on the wall that goes. */
  readonly pace: number;
}

/** Both parts come from one clock: what is left of the milliseconds of another one would be minutes at such a pace. */
const realNow = (): number => performance.timeOrigin + performance.now();

/** The time by which secrets age at a moment, in milliseconds since 1970. */
export const simulatedNow = (
  { since, simulated, pace }: ServerTold,
  real: number = realNow(),
): number => simulated + (real - since) * pace;

/** Time that goes at this pace from now on. */
export function begunAt(pace: number, config: object): ServerTold {
  const since = realNow();
  return { config, since, simulated: since, pace };
}

/** The same time, which goes at another pace from now on. */
export function wentOnAt(pace: number, told: ServerTold): ServerTold {
  const since = realNow();
  return { ...told, since, simulated: simulatedNow(told, since), pace };
}
