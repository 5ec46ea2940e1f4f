/** Why a line gives no row. A closed set: no reason holds a word of what came in. */
export const FLOW_REASONS = [
  'broken line',
  'line too long',
  'neither of Istio nor of Hubble',
  'no time',
  'names no service',
  /** The answer to what another line tells. */
  'reply',
  /** What is no request and no beginning of a connection, or is told by another line, too. */
  'other event',
] as const;
export type FlowReason = (typeof FLOW_REASONS)[number];
