/** Why an entry, or all of a request, is not taken. `dropped`: it is understood, and nothing is learnt of
 *  it. `refused`: the sender is told. A closed table: no reason holds a word of what came in. */
export const KONG_REASONS = {
  'not a request': 'dropped',
  'reached no service': 'dropped',
  'names no service': 'dropped',
  'unusable method': 'dropped',
  'unusable path': 'dropped',
  preflight: 'dropped',
  tunnel: 'dropped',
  'broken JSON': 'refused',
} as const satisfies Record<string, 'dropped' | 'refused'>;
export type KongReason = keyof typeof KONG_REASONS;
