import type { EndpointTraffic, Protocol } from './model.ts';
import type { Party } from './sighting/index.ts';

/** What traffic shows, summed up by service, before attribution. */

/** A party that asked. */
export interface SeenCaller {
  readonly party: Party;
  readonly requests: number;
  /** The party that was asked proved who it is. */
  readonly isProved: boolean;
  /** RFC 3339. */
  readonly lastSeen?: string;
}

export interface SeenEndpoint {
  readonly protocol: Protocol;
  /** As in `Endpoint`. */
  readonly method: string;
  readonly template: string;
  /** See `EndpointObservation`. */
  readonly doubt?: 'unstable' | 'probe';
  /** Only the platform asks for it. */
  readonly isOperational: boolean;
  readonly traffic: Omit<EndpointTraffic, 'callers'>;
  readonly callers: readonly SeenCaller[];
}

export interface SeenService {
  readonly party: Party;
  readonly endpoints: readonly SeenEndpoint[];
  /** Who asked it for something that no source names. */
  readonly callers: readonly SeenCaller[];
}
