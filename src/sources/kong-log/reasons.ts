/** Why an entry is not taken: it is understood, and nothing is learnt of it. A closed list: no reason holds
 *  a word of what came in. */
export type KongReason =
  | 'not a request'
  | 'reached no service'
  | 'names no service'
  | 'unusable method'
  | 'unusable path'
  | 'preflight'
  | 'tunnel';
