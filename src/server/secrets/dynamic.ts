import { randomBytes, randomUUID } from 'node:crypto';
import type { Log } from '../../base/log.ts';
import type { AuditEntry, DocumentStore } from '../../estate/index.ts';
import {
  type Caller,
  type DynamicConfig,
  DynamicCredentials,
  type DynamicParts,
  engineOf,
} from '../../secrets/dynamic/index.ts';
import type { SecretValue } from '../../secrets/model/index.ts';
import type { RotationConfig } from '../../secrets/rotation/index.ts';
import { RateLimiter } from '../auth/rate.ts';

/** How often it is looked whether leases may be ended by now, until they are. */
const LOOK_MS = 1_000;
/** How often targets are looked at for users that no lease names. */
const ORPHANS_MS = 6 * 3_600_000;

/** What short-lived users are made with, as the server has it. */
export interface ServerDynamicParts {
  readonly config: DynamicConfig;
  readonly rotation: RotationConfig;
  readonly store: DocumentStore;
  /** Other servers may write to the store. */
  readonly isShared: boolean;
  /** Of a secret: its current value. */
  readonly currentOf: (id: string) => Promise<SecretValue | undefined>;
  /** Told of the latest entry before anything is done at a target for it. */
  readonly mark: { advance(entry: AuditEntry): void };
  /** Whether targets may be changed by what the store says: rotations are not paused, and the vault is unsealed. */
  readonly isRunning: () => boolean;
  /** Why a workload gets nothing though its SVID verified. */
  readonly whyRefused: (caller: Caller, since: number) => string | undefined;
  readonly clock: () => number;
  readonly log: Log;
  /** Leases in tests are killed there. */
  readonly hook?: DynamicParts['hook'];
}

/** The short-lived users of a server. */
export interface ServerDynamic {
  readonly credentials: DynamicCredentials;
  close(): Promise<void>;
}

/** Leases are given at once, and ended as soon as targets may be changed by what the store says.
 *  @throws {Fault} `estate/unavailable` */
export async function openDynamic(parts: ServerDynamicParts): Promise<ServerDynamic> {
  const { config, clock, log, isShared, isRunning, ...rest } = parts;
  const perMinute = config.asksPerMinute;
  const rate = new RateLimiter({ burst: perMinute, perMinute }, clock);
  const credentials = await DynamicCredentials.open({
    ...{ ...rest, config, clock, engineOf, lot: Math.random, random: randomBytes },
    steadyClock: () => performance.now(),
    // the embedded store belongs to one process: what it left is taken up at once
    holder: isShared ? randomUUID() : 'reeve',
    warn: (message, fault) => log.warn({ err: fault }, message),
    retrySecondsOf: (service) => {
      const taken = rate.take(service);
      return taken.ok ? undefined : taken.retrySeconds;
    },
  });
  const look = () => void credentials.lookForOrphans().catch((err) => log.warn({ err }, ORPHANS));
  const orphans = setInterval(look, ORPHANS_MS).unref();
  const start = () => {
    if (!isRunning()) return;
    clearInterval(starting);
    credentials.start();
    look();
  };
  const starting = setInterval(start, LOOK_MS).unref();
  start();
  return {
    credentials,
    close: async () => {
      clearInterval(orphans);
      clearInterval(starting);
      await credentials.close();
    },
  };
}

const ORPHANS = 'targets could not be looked at for users that no lease names';
