import { entryOf } from '../base/pick.ts';
import type { Protocol } from './vocabulary.ts';

/** One operation as a declaration writes it. */
export interface Operation {
  readonly protocol: Protocol;
  readonly method: string;
  readonly template: string;
}

const PROTOCOL_OF: Record<string, Protocol> = {
  QUERY: 'graphql',
  MUTATION: 'graphql',
  SUBSCRIPTION: 'graphql',
  PUBLISH: 'event',
  SUBSCRIBE: 'event',
};
const HTTP = /^(GET|HEAD|POST|PUT|PATCH|DELETE|OPTIONS|TRACE|ANY) (\/[^\s?#]*)$/;
const NAMED = /^(QUERY|MUTATION|SUBSCRIPTION|PUBLISH|SUBSCRIBE) (\S+)$/;
const RPC = /^\/?([A-Za-z_][\w.]*)\/([A-Za-z_]\w*)$/;

/** Reads `GET /orders/{id}`, `payments.v1.Cards/Charge`, `QUERY order` or `PUBLISH orders.created`;
 *  undefined for any other text. */
export function toOperation(text: string): Operation | undefined {
  const http = HTTP.exec(text);
  if (http?.[1] && http[2]) return { protocol: 'http', method: http[1], template: http[2] };
  const named = NAMED.exec(text);
  if (named?.[1] && named[2]) {
    return {
      protocol: entryOf(PROTOCOL_OF, named[1]) ?? 'event',
      method: named[1],
      template: named[2],
    };
  }
  const rpc = RPC.exec(text);
  return rpc ? { protocol: 'grpc', method: 'RPC', template: `/${rpc[1]}/${rpc[2]}` } : undefined;
}

/** An operation as a declaration writes it: what `toOperation` reads. */
export function writeOperation({ protocol, method, template }: Operation): string {
  return protocol === 'grpc' ? template.slice(1) : `${method} ${template}`;
}
