/** Status codes of gRPC, by their numbers.
 *  @see gRPC status codes; google.rpc.Code for the HTTP statuses */
export const CODES = [
  { name: 'OK', http: 200 },
  { name: 'CANCELLED', http: 499 },
  { name: 'UNKNOWN', http: 500 },
  { name: 'INVALID_ARGUMENT', http: 400 },
  { name: 'DEADLINE_EXCEEDED', http: 504 },
  { name: 'NOT_FOUND', http: 404 },
  { name: 'ALREADY_EXISTS', http: 409 },
  { name: 'PERMISSION_DENIED', http: 403 },
  { name: 'RESOURCE_EXHAUSTED', http: 429 },
  { name: 'FAILED_PRECONDITION', http: 400 },
  { name: 'ABORTED', http: 409 },
  { name: 'OUT_OF_RANGE', http: 400 },
  { name: 'UNIMPLEMENTED', http: 501 },
  { name: 'INTERNAL', http: 500 },
  { name: 'UNAVAILABLE', http: 503 },
  { name: 'DATA_LOSS', http: 500 },
  { name: 'UNAUTHENTICATED', http: 401 },
] as const;

/** The HTTP status that google.rpc.Code gives a status code of gRPC; undefined for what is none. */
export function httpStatusOf(code: number): number | undefined {
  return CODES[code]?.http;
}
