/** Why an entry of a log is not taken: it is understood, and nothing is learnt of it, or it is beyond a
 *  bound. A closed list: no reason holds a word of what came in. */
export type EnvoyReason =
  | 'not the end of a request'
  | 'reached no service'
  | 'names no service'
  | 'unusable method'
  | 'unusable path'
  | 'preflight'
  | 'tunnel'
  | 'connection without caller'
  /** The entry is taken, with the time at which it came. */
  | 'clock not believed';
