import { poolTraffic } from './pool-traffic.ts';
import { PROFILES } from './profiles.ts';
import type { TrafficGenerator } from './traffic.ts';

/** The generators that template learning may be tuned with. */
export const TRAINED_WITH: readonly TrafficGenerator[] = PROFILES.map(poolTraffic);
