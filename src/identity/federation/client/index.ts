/** Asks the bundle endpoints of other trust domains. */
export type { EndpointAuthentication } from './connect.ts';
export { type FetchWish, fetchDocument } from './fetch.ts';
export type { Fetched } from './http.ts';
export { intervalOf, nextDelay, type Pace, type Progress } from './schedule.ts';
