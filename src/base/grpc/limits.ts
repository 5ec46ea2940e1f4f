/** What callers may cost. The names are those of the settings that a message tells people to raise. */
export interface GrpcLimits {
  /** Of one message, as sent. */
  readonly maxMessageBytes: number;
  /** Of one message, once it is unpacked. */
  readonly maxInflatedBytes: number;
  /** Of all messages that are being read or handled, as sent and unpacked, and of answers in streams that wait
   *  for their readers. */
  readonly maxBufferedBytes: number;
  readonly maxConnections: number;
  /** Calls under way, over all connections. */
  readonly maxCalls: number;
  readonly maxCallsPerConnection: number;
  /** Streams of answers that anybody may ask for, as of health, over all connections. */
  readonly maxOpenStreams: number;
  /** Messages of one stream that wait for its handler; then nothing more is read from it. */
  readonly maxWaitingMessages: number;
  /** How long a message may take to arrive, from its first byte on, and the first one of a unary call
   *  from the call's beginning on. */
  readonly messageSeconds: number;
  /** After this long without a call a connection is closed, and one that is silent during a call is
   *  asked whether it is still there. */
  readonly idleSeconds: number;
  /** How long it may take to say so, and to shake hands in TLS. */
  readonly answerSeconds: number;
  /** Bytes of one call that may be on their way before any of them is read. */
  readonly windowBytes: number;
}

export const DEFAULT_LIMITS: GrpcLimits = {
  maxMessageBytes: 16 * 1024 * 1024,
  maxInflatedBytes: 64 * 1024 * 1024,
  maxBufferedBytes: 256 * 1024 * 1024,
  maxConnections: 1_024,
  maxCalls: 1_024,
  maxCallsPerConnection: 100,
  maxOpenStreams: 64,
  maxWaitingMessages: 4,
  messageSeconds: 30,
  idleSeconds: 300,
  answerSeconds: 20,
  windowBytes: 1024 * 1024,
};
