/** HTTP status of each gRPC code, by number, with the code's name.
 *  @see google/rpc/code.proto, "HTTP Mapping" */
const CODES: readonly (readonly [name: string, http: number])[] = [
  ['OK', 200],
  ['CANCELLED', 499],
  ['UNKNOWN', 500],
  ['INVALID_ARGUMENT', 400],
  ['DEADLINE_EXCEEDED', 504],
  ['NOT_FOUND', 404],
  ['ALREADY_EXISTS', 409],
  ['PERMISSION_DENIED', 403],
  ['RESOURCE_EXHAUSTED', 429],
  ['FAILED_PRECONDITION', 400],
  ['ABORTED', 409],
  ['OUT_OF_RANGE', 400],
  ['UNIMPLEMENTED', 501],
  ['INTERNAL', 500],
  ['UNAVAILABLE', 503],
  ['DATA_LOSS', 500],
  ['UNAUTHENTICATED', 401],
];
const BY_NAME: ReadonlyMap<string, number> = new Map(CODES);

/** The HTTP status of a gRPC code; 0 for a number that is none. */
export function httpStatusOfGrpc(code: number): number {
  return CODES[code]?.[1] ?? 0;
}

/** The HTTP status of a gRPC code by its name, in any case and way of joining words; 0 for no code. */
export function httpStatusOfGrpcName(name: string): number {
  const canonical = name.toUpperCase().replace(/^CANCELED$/, 'CANCELLED');
  return BY_NAME.get(canonical) ?? 0;
}
