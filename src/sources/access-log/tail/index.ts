import type { Clock } from '../../../base/clock.ts';
import type { JudgePayload } from '../../../estate/sighting/index.ts';
import type { AccessLogConfig } from './config/index.ts';
import { Follower, type FollowerPorts } from './follower.ts';

export type { LogBatch } from './open-log.ts';
export type { LogPosition } from './position.ts';

export interface TailPorts extends FollowerPorts {
  readonly clock: Clock;
  /** As in `DecoderOptions`. */
  readonly judge?: JudgePayload | undefined;
}

export interface Tail {
  /** Resolves when no file is open and nothing more will be submitted. */
  close(): Promise<void>;
}

/** Follows request logs as they are written, each by itself, so that one whose lines wait to be stored
 *  holds up no other. */
export function tailLogs(config: AccessLogConfig, ports: TailPorts): Tail {
  const followers = config.files.map(({ path, service, namespace, environment, format }) => {
    const decoder = {
      format,
      maxLineBytes: config.maxLineBytes,
      clock: ports.clock,
      judge: ports.judge,
      ...(service !== undefined && { service }),
      ...(namespace !== undefined && { namespace }),
      ...(environment !== undefined && { environment }),
    };
    const { chunkBytes, pollMs, retryMs } = config;
    return new Follower({ file: path, chunkBytes, pollMs, retryMs, decoder }, ports);
  });
  return {
    close: async () => {
      await Promise.all(followers.map((follower) => follower.close()));
    },
  };
}
