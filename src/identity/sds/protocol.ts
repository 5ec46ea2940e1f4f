import type { EnvoyNode } from './node.ts';
import type { Rejection } from './requests.ts';
import type { Resource, Resources } from './resources.ts';

/** One of the two ways in which resources are asked for, as one stream keeps track of it for one type: pure, without a socket. */
export interface Protocol<Request extends AnyRequest> {
  /** Takes a request to account.
   *  @throws {Fault} `identity/secret-request-invalid` */
  hear(request: Request): Heard;
  /** What is to be sent now, and is then taken as sent. */
  look(resources: Resources): Look;
}

export interface AnyRequest {
  readonly typeUrl: string;
  readonly node?: EnvoyNode;
}

/** What a request meant.
 *  - `asks`: it asks for something, or for nothing new
 *  - `accepts`, `rejects`: it is the first answer to what was sent last
 *  - `stale`: it answers something older, and counts for nothing */
export type Heard =
  | { readonly verdict: 'asks' | 'accepts' | 'stale' }
  | { readonly verdict: 'rejects'; readonly rejection: Rejection };

export interface Look {
  /** Asked for by name, and not there. */
  readonly missing: readonly string[];
  /** Undefined where nothing is to be said. */
  readonly outgoing: Outgoing | undefined;
}

export interface Outgoing {
  readonly message: Buffer;
  readonly resources: readonly Resource[];
}

/** Asks for everything. */
export const WILDCARD = '*';
