/** What traffic shows of each service, summed up. */
export { type NamedOperation, type ObservedEndpoint, ServiceTraffic } from './service-traffic.ts';
export {
  TRAFFIC_DROPS,
  TRAFFIC_LIMITS,
  type TrafficDrop,
  type TrafficLimits,
  TrafficState,
} from './state.ts';
export { doubtOf, type SummaryRules, summarize } from './summary.ts';
export { Tally } from './tally.ts';
export { PartyTable, type TallyJson, tallyFromJson, tallyToJson } from './tally-json.ts';
