import type { CredentialSeen } from '../../estate/index.ts';

/** What one line of a log says of one request, in the line's own words. */
export interface LoggedRequest {
  /** Milliseconds since 1970; absent where the line gives no time that can be read. */
  readonly time?: number;
  readonly method: string;
  /** Request target as logged: a path with its query, an absolute address, or `host:port`. */
  readonly target: string;
  /** The query, where it is logged apart from the target. */
  readonly query?: string;
  /** 0 where none is told. */
  readonly status: number;
  /** The service that answered, where the line names one. */
  readonly service?: string;
  readonly namespace?: string;
  readonly environment?: string;
  /** The host that was asked, with or without port. */
  readonly host?: string;
  /** A name for whatever answers, where nothing better is known. */
  readonly cluster?: string;
  readonly userAgent?: string;
  readonly credential?: CredentialSeen;
  /** SPIFFE ID of the caller, as the logging party verified it. */
  readonly peer?: string;
  /** The template that the logging party names. */
  readonly route?: string;
  /** Content type is gRPC's, or a gRPC status was logged. */
  readonly isGrpc?: boolean;
  /** As logged: a number or a name of google.rpc.Code. */
  readonly grpcStatus?: string;
}

/** Why a line gives no sighting. `unread`: it could not be made sense of. `passed over`: it was
 *  understood, and is none that an endpoint is learnt from. */
export const DROP_REASONS = {
  'line too long': 'unread',
  'not a known format': 'unread',
  'not a request': 'unread',
  'malformed request line': 'unread',
  'malformed path': 'unread',
  'names no service': 'unread',
  preflight: 'passed over',
  tunnel: 'passed over',
} as const satisfies Record<string, 'unread' | 'passed over'>;
export type DropReason = keyof typeof DROP_REASONS;
