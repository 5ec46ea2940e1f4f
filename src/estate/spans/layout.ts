/** Words of 32 bits of one row of a `SpanBatch`. Places are those in the batch's own lists, plus one; 0 is none. */
export const SPAN_FIELD = {
  /** 16 bytes of the trace's id, 8 of the span's, 8 of its parent's, as they stand on the wire, read little-endian;
   *  all 0: none. */
  trace: 0,
  span: 4,
  parent: 6,
  /** A Float64 over two words: milliseconds since 1970, on a clock that is believed. */
  start: 8,
  /** Microseconds; at most 2^32 - 1. */
  duration: 10,
  /** As in `SIDE`, and `SPAN_FLAG`s above the lowest byte. */
  side: 11,
  /** HTTP status; gRPC codes as google.rpc.Code gives them; 0 where not told. */
  status: 12,
  /** In `parties`: who tells it; a proxy tells it for the service that it stands before. */
  service: 13,
  /** In `operations`. */
  operation: 14,
  /** In `parties`. The caller's side: whom it asked, as far as it knows. Else: who asked, by his own word. */
  peer: 15,
  /** In `texts`: the identity of the caller that the reporter has proved (a SPIFFE ID, or what its mesh calls it). */
  principal: 16,
  /** In `texts`: the address that the request came from, as its socket says. */
  address: 17,
  /** In `texts`: the address or name of the process that tells it: where its service runs. */
  instance: 18,
  /** In `texts`: what its service runs: version or image. */
  version: 19,
  /** How many equal requests it stands for; at least 1. */
  count: 20,
  /** Not used: rows are of an even number of words, so that `start` can be read as what it is. */
  spare: 21,
} as const;
export const SPAN_WORDS = 22;

/** Which side of a request a row tells of. `both`: a proxy or a flow log, which saw who asked whom. */
export const SIDE = { called: 2, caller: 3, producer: 4, consumer: 5, both: 6 } as const;
export type Side = (typeof SIDE)[keyof typeof SIDE];

export const SPAN_FLAG = {
  /** The request failed, as the span itself says. */
  failed: 1 << 8,
  /** It was refused by a policy, as the one that enforces it says. */
  denied: 1 << 9,
  /** The platform asked: a health check, a scrape. */
  operational: 1 << 10,
  /** A trace context came with the request, or cannot be seen from here (`both` without ids). */
  hasContext: 1 << 11,
} as const;
