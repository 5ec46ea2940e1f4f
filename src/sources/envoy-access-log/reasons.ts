/** Why an entry of a log is not taken. `dropped`: it is understood, and nothing is learnt of it, or it is
 *  beyond a bound. `refused`: Envoy is told, by the end of its stream. A closed table: no reason holds a
 *  word of what came in. */
export const ENVOY_REASONS = {
  'not the end of a request': 'dropped',
  'reached no service': 'dropped',
  'names no service': 'dropped',
  'unusable method': 'dropped',
  'unusable path': 'dropped',
  preflight: 'dropped',
  tunnel: 'dropped',
  'connection without caller': 'dropped',
  'clock not believed': 'dropped',
  'broken protobuf': 'refused',
  'could not be stored': 'refused',
} as const satisfies Record<string, 'dropped' | 'refused'>;
export type EnvoyReason = keyof typeof ENVOY_REASONS;
