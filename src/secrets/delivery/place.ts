import type { Clock } from '../../base/clock.ts';
import type { DeliveryTarget, SecretValue } from '../model/index.ts';
import type { DeliveryConfig } from './config.ts';
import type { Seen } from './marker.ts';

/** The API server of one cluster.
 *  @throws {Fault} `cluster/…` */
export interface DeliveryCluster {
  get(path: string, signal?: AbortSignal): Promise<unknown>;
  /** A strategic merge patch. */
  patch(path: string, body: unknown, signal?: AbortSignal): Promise<unknown>;
  /** Server-side apply. */
  apply(path: string, body: unknown, signal?: AbortSignal): Promise<unknown>;
}

/** What values are delivered with. */
export interface DeliveryPorts {
  readonly config: DeliveryConfig;
  /** Of a cluster by its name. @throws {Fault} `cluster/not-found` */
  readonly clusterOf: (name: string) => DeliveryCluster;
  /** Of another secret: its current value, to log in with. */
  readonly currentOf: (id: string) => Promise<SecretValue | undefined>;
  /** Keyed: tells equal texts from others, and nothing of what they are. */
  readonly fingerprint: (text: string) => string;
  readonly clock: Clock;
  /** Resolves after so many milliseconds; rejects when it is given up. */
  readonly sleep: (milliseconds: number, signal: AbortSignal) => Promise<unknown>;
  /** Runs a program without a shell. @returns its status */
  readonly run: (program: string, words: readonly string[], signal: AbortSignal) => Promise<number>;
  /** Sends a signal to a process. @returns false: there is none */
  readonly kill: (pid: number, signal: string) => boolean;
}

/** A value on its way. */
export interface Parcel {
  /** The id of its secret. */
  readonly secret: string;
  /** The id of the service that the secret belongs to. */
  readonly service: string;
  readonly owner: string | null;
  readonly version: number;
  readonly value: SecretValue;
  /** Until when consumers may be waited for, in milliseconds since 1970. */
  readonly until: number;
}

/** One kind of places that values are brought to.
 *  @throws {TargetFault} from every method that speaks to a target */
export interface DeliveryPlace<Target extends DeliveryTarget> {
  /** For people, without any value. */
  readonly name: (target: Target) => string;
  /** What stands there; undefined: nothing. */
  readonly look: (
    ports: DeliveryPorts,
    target: Target,
    signal: AbortSignal,
  ) => Promise<Seen | undefined>;
  /** Writes a value there. Where it stands there already, nothing is written. */
  readonly put: (
    ports: DeliveryPorts,
    target: Target,
    parcel: Parcel,
    signal: AbortSignal,
  ) => Promise<void>;
  /** Has those use it who hold the value before, and waits until they do. Where they do already, nothing is done. */
  readonly bringOn?: (
    ports: DeliveryPorts,
    target: Target,
    parcel: Parcel,
    signal: AbortSignal,
  ) => Promise<void>;
}
