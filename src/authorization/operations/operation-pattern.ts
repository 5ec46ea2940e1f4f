import { type Protocol, toOperation } from '../../estate/words.ts';
import { type PathPattern, parsePattern } from './pattern.ts';
import { toWireMethod } from './wire-method.ts';

/** What a declaration or an endpoint speaks of, as it comes over the wire. */
export type OperationPattern =
  /** `*` */
  | { readonly kind: 'every' }
  /** gRPC included, which is `POST`. */
  | {
      readonly kind: 'http';
      /** `*`: every method. No method on the wire is spelt so. */
      readonly method: string;
      readonly path: PathPattern;
      /** Written as `package.Service/Method`. */
      readonly isRpc: boolean;
    }
  /** Compared as it stands. */
  | {
      readonly kind: 'named';
      readonly protocol: 'graphql' | 'event';
      readonly method: string;
      readonly name: string;
    };

export const EVERY_METHOD = '*';
const EVERY: OperationPattern = { kind: 'every' };

/** Reads the operation of a declared call: what `toOperation` reads, and `*`; undefined for any other text. */
export function parseOperation(text: string): OperationPattern | undefined {
  if (text === '*') return EVERY;
  const operation = toOperation(text);
  return operation && toOperationPattern(operation);
}

/** An operation of the estate, such as an endpoint; undefined where no request can ever be for it. */
export function toOperationPattern(operation: {
  readonly protocol: Protocol;
  readonly method: string;
  readonly template: string;
}): OperationPattern | undefined {
  const { protocol, template } = operation;
  if (protocol === 'graphql' || protocol === 'event') {
    return { kind: 'named', protocol, method: operation.method, name: template };
  }
  const method = WIRE_METHOD[operation.method] ?? operation.method;
  const path = parsePattern(template);
  if (!path || (method !== EVERY_METHOD && typeof toWireMethod(method) !== 'string')) {
    return undefined;
  }
  return { kind: 'http', method, path, isRpc: protocol === 'grpc' };
}

const WIRE_METHOD: Readonly<Partial<Record<string, string>>> = Object.assign(Object.create(null), {
  ANY: EVERY_METHOD,
  RPC: 'POST',
});

/** Whether it takes in more than one known path: it has wildcards, or `ANY`, or is `*`. */
export function isWide(operation: OperationPattern): boolean {
  if (operation.kind !== 'http') return operation.kind === 'every';
  return operation.method === EVERY_METHOD || operation.path.hasWildcards;
}

/** A method and path as people write it: `GET /orders/{id}`, `payments.v1.Cards/Charge`. */
export function operationText(method: string, path: string, isRpc = false): string {
  if (isRpc) return path.slice(1);
  return `${method === EVERY_METHOD ? 'ANY' : method} ${path}`;
}
