import type { GrpcLimits } from '../../base/grpc/index.ts';
import type { EnvoyConfig } from './config/index.ts';

/** What callers of the listener may cost. Streams stay open for days, so that their number is bounded
 *  and their age is not; their windows are small, because a stream that is held up fills its own. */
export function envoyLimits(config: EnvoyConfig): Partial<GrpcLimits> {
  const { maxMessageBytes, maxInflatedBytes, maxBufferedBytes, maxConnections } = config;
  return {
    maxMessageBytes,
    maxInflatedBytes,
    maxBufferedBytes,
    maxConnections,
    maxCalls: config.maxStreams,
    maxWaitingMessages: config.maxWaitingMessages,
    messageSeconds: config.messageSeconds,
    maxCallsPerConnection: 32,
    windowBytes: 64 * 1024,
  };
}
