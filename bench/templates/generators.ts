import { poolTraffic } from './pool-traffic.ts';
import { PROFILES } from './profiles.ts';
import type { TrafficGenerator } from './traffic.ts';
import { sessions } from './unseen/requests.ts';

/** The generators that template learning may be tuned with. */
export const TRAINED_WITH: readonly TrafficGenerator[] = PROFILES.map(poolTraffic);

/** The generator that nothing may be tuned with. */
export const NOT_TRAINED_WITH: TrafficGenerator = sessions;
