import type { Sighting } from '../../../estate/index.ts';
import type { KeyWriter } from '../counting/index.ts';
import { ROLE, SPAN_KIND, type SpanFields } from '../reading/index.ts';
import type { OtlpReason } from '../reasons.ts';
import { EVENT, messageSide } from './event.ts';
import { GRAPHQL, hasGraphqlOperation } from './graphql-span.ts';
import { HttpMeaning } from './http.ts';
import { peerOf, writePeer } from './mtls-peer.ts';
import { isGrpc, RPC } from './rpc.ts';

/** What a sighting says apart from who was asked, when, and how often. */
export type Operation = Omit<Sighting, 'service' | 'count' | 'firstAt' | 'lastAt'>;

/** What all spans with one key stand for: operations, or a reason why there are none. */
export type Meaning =
  | { readonly operations: readonly Operation[] }
  | { readonly reason: OtlpReason };

/** How spans of one protocol are known and understood. */
export interface ProtocolMeaning {
  /** Writes the bytes by which the operation of a span is known; false where it names none. */
  writeKey(fields: SpanFields, key: KeyWriter): boolean;
  /** What the key that was written last means, of the same span. */
  meaning(fields: SpanFields, key: KeyWriter): Meaning;
}

/** Finds the bytes by which the operation of a span is known, and, for a key that is new, says what it
 *  means. The first byte behind the service, and behind the peer of a SERVER span, tells the protocols apart. */
export class Operations {
  readonly #http = new HttpMeaning();
  readonly #callersHttp = new HttpMeaning({ isOfCallers: true });
  #last: ProtocolMeaning = this.#http;

  /** Writes the key of the operation that a SERVER, PRODUCER or CONSUMER span stands for; false where
   *  it names none. */
  writeKey(fields: SpanFields, service: number, key: KeyWriter): boolean {
    key.start();
    key.word(service);
    if (fields.kind !== SPAN_KIND.server) {
      this.#last = EVENT;
      return EVENT.writeKey(fields, key);
    }
    writePeer(fields, key);
    if (fields.has(ROLE.rpcSystem) && isGrpc(fields)) {
      this.#last = RPC;
      return RPC.writeKey(fields, key);
    }
    this.#last = this.#http;
    return this.#http.writeKey(fields, key);
  }

  /** Writes the key of what a CLIENT span asks for, as far as it says; false where it names nothing that has a
   *  protocol of its own here. Whom it asks is not in the key. */
  writeCallersKey(fields: SpanFields, key: KeyWriter): boolean {
    key.start();
    if (fields.has(ROLE.rpcSystem) && isGrpc(fields)) this.#last = RPC;
    else if (fields.has(ROLE.httpMethod)) this.#last = this.#callersHttp;
    else if (messageSide(fields) !== SPAN_KIND.client) this.#last = EVENT;
    else return false;
    return this.#last.writeKey(fields, key);
  }

  /** Writes the key of a GraphQL operation, which may lie in a span of its own; false where there is
   *  none. */
  writeGraphqlKey(fields: SpanFields, service: number, key: KeyWriter): boolean {
    if (!hasGraphqlOperation(fields)) return false;
    key.start();
    key.word(service);
    this.#last = GRAPHQL;
    return GRAPHQL.writeKey(fields, key);
  }

  /** What the key that was written last means. */
  meaning(fields: SpanFields, key: KeyWriter): Meaning {
    const meaning = this.#last.meaning(fields, key);
    if ('reason' in meaning || (this.#last !== RPC && this.#last !== this.#http)) return meaning;
    const peer = peerOf(fields);
    return { operations: meaning.operations.map((operation) => ({ ...operation, ...peer })) };
  }
}
