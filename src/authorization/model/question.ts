import type { Protocol } from '../../estate/words.ts';

/** How the caller has proved who it is. */
export type Proof = 'mtls' | 'token';

/** Whether a caller may do something. */
export interface Question {
  /** A SPIFFE ID that was proved; undefined: nobody proved anything. */
  readonly caller: string | undefined;
  readonly proof: Proof | undefined;
  /** The id of the service that is called. */
  readonly service: string;
  /** What travels over HTTP, gRPC included, is asked as `http`, with the path as it was sent. */
  readonly protocol: Exclude<Protocol, 'grpc'>;
  /** As it was sent; `QUERY`, `PUBLISH` … where the protocol is not `http`. */
  readonly method: string;
  /** With `http`: the path as it was sent, with or without a query. Otherwise the field or topic. */
  readonly path: string;
}

/** Why a call is allowed or denied. */
export const REASONS = [
  'declared',
  'caller-unproved',
  'caller-unknown',
  'service-unknown',
  'operation-malformed',
  'call-undeclared',
  'operation-undeclared',
  'endpoint-blocked',
  'guardrail-forbids',
  'guardrail-failed',
] as const;
export type Reason = (typeof REASONS)[number];

export interface Decision {
  /** What policy says. Where `mode` is `shadow`, a call that is denied is let through all the same. */
  readonly allowed: boolean;
  readonly mode: 'enforce' | 'shadow';
  readonly reason: Reason;
  /** A sentence for people, without a secret, that may be told to the caller. The same wherever it is decided. */
  readonly message: string;
  /** The ids of the caller's services; of one that is denied for one of them, that one first. */
  readonly callers: readonly string[];
  /** What is called, as known: `GET /orders/{id}`; undefined where it is not. */
  readonly operation: string | undefined;
  /** Where allowed: places of the declarations. Where a guardrail denies: its id. */
  readonly because: readonly string[];
}
