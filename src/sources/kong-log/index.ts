/** Requests that Kong's http-log plugin reports. */

export { KONG_LOG_PATH, type ParsedKongLog, parseKongLog } from './parse.ts';
export { KongParties } from './parties.ts';
export type { KongReason } from './reasons.ts';
