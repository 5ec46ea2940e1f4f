import type { PolicyEndpoint } from '../model/index.ts';
import type { OperationPattern, PathPattern } from '../operations/index.ts';
import { addPattern, newPathNode, type PathNode } from './path-tree.ts';

type HttpOperation = Extract<OperationPattern, { kind: 'http' }>;
type NamedOperation = Extract<OperationPattern, { kind: 'named' }>;
/** What may be known of a callee. */
export type KnownOperation = HttpOperation | NamedOperation;

/** Where something is known of a callee: a method at a path, or a named operation. */
export interface Spot {
  readonly method: string;
  readonly endpoints: PolicyEndpoint[];
  /** What grants call it, the first by its text; undefined where no grant speaks of it. */
  granted: KnownOperation | undefined;
  /** Grants that cover just this, by number. */
  readonly grants: number[];
}

/** A known path, whatever the method. */
export interface KnownPath {
  readonly pattern: PathPattern;
  readonly spots: Spot[];
}

/** What is known of one callee, while it is put together. */
export class CalleeBuilder {
  readonly tree: PathNode = newPathNode();
  readonly paths: KnownPath[] = [];
  /** By `namedKey`. */
  readonly named = new Map<string, Spot>();
  readonly #byShape = new Map<string, KnownPath>();
  readonly #firstPath: number;

  /** Paths are numbered from `firstPath` on. */
  constructor(firstPath: number) {
    this.#firstPath = firstPath;
  }

  addEndpoint(operation: KnownOperation, endpoint: PolicyEndpoint): void {
    this.#spotOf(operation).endpoints.push(endpoint);
  }

  /** Makes known what a grant speaks of. The number is that of a grant that covers just this. */
  addGrant(operation: KnownOperation, narrowGrant: number | undefined): void {
    const spot = this.#spotOf(operation);
    if (narrowGrant !== undefined) spot.grants.push(narrowGrant);
    if (!spot.granted || isBefore(operation, spot.granted)) spot.granted = operation;
  }

  #spotOf(operation: KnownOperation): Spot {
    if (operation.kind === 'http') {
      const { spots } = this.#pathOf(operation.path);
      return spots.find(({ method }) => method === operation.method) ?? pushSpot(spots, operation);
    }
    const key = namedKey(operation.protocol, operation.method, operation.name);
    const known = this.named.get(key);
    if (known) return known;
    const spot = newSpot(operation);
    this.named.set(key, spot);
    return spot;
  }

  #pathOf(pattern: PathPattern): KnownPath {
    const known = this.#byShape.get(pattern.shape);
    if (known) return known;
    const path = { pattern, spots: [] };
    addPattern(this.tree, pattern, this.#firstPath + this.paths.length);
    this.paths.push(path);
    this.#byShape.set(pattern.shape, path);
    return path;
  }
}

const newSpot = ({ method }: KnownOperation): Spot => ({
  method,
  endpoints: [],
  granted: undefined,
  grants: [],
});

function pushSpot(spots: Spot[], operation: KnownOperation): Spot {
  const spot = newSpot(operation);
  spots.push(spot);
  return spot;
}

/** A named operation among those of a callee. */
export const namedKey = (protocol: string, method: string, name: string): string =>
  `${protocol} ${method} ${name}`;

/** What is written as gRPC comes before `POST` and a path. */
export function isBefore(a: KnownOperation, b: KnownOperation): boolean {
  if (a.kind === 'named' || b.kind === 'named') return false;
  return a.isRpc === b.isRpc ? a.path.text < b.path.text : a.isRpc;
}
