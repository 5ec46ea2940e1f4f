import type { Location } from '../../estate/index.ts';
import { pairKey } from './declared.ts';
import type {
  DeclaredChange,
  DeclaredReach,
  Operation,
  Place,
  Reached,
  ReachedPair,
  State,
} from './model.ts';
import { placeOf, type Words } from './words.ts';

interface Side {
  readonly state: State;
  readonly reach: DeclaredReach;
}

/** What declarations newly allow, and no longer do: one change for each pair and each line that causes it. */
export function declaredChanges(base: Side, head: Side, words: Words): DeclaredChange[] {
  return [...oneWay(base, head, 'head', words), ...oneWay(head, base, 'base', words)];
}

function oneWay(before: Side, after: Side, state: Place['state'], words: Words): DeclaredChange[] {
  const causes = new Causes(before, after.state, state);
  return [...after.reach].flatMap(([key, pair]) => {
    const known = before.reach.get(key);
    const gained = [...pair.operations.values()].filter(
      ({ operation }) => !known?.operations.has(operation.text),
    );
    if (gained.length === 0) return [];
    const groups = Map.groupBy(gained, (one) => keyOf(causes.of(one, pair).place));
    return [...groups.values()].map((group): DeclaredChange => {
      const operations = withoutEchoes(group.map(({ operation }) => operation));
      const texts = operations.map(({ text }) => text);
      const [first] = group;
      const cause = first && causes.of(first, pair);
      return {
        layer: 'declared',
        change: known ? 'changed' : state === 'head' ? 'added' : 'removed',
        from: words.nameOf(pair.caller.id),
        to: words.nameOf(pair.callee.id),
        gained: state === 'head' ? texts : [],
        lost: state === 'base' ? texts : [],
        place: cause?.place,
        caller: pair.caller,
        callee: pair.callee,
        opened: state === 'head' ? operations : [],
        byNewGrant: cause?.byNewGrant ?? false,
      };
    });
  });
}

interface Cause {
  readonly place: Place | undefined;
  readonly byNewGrant: boolean;
}

/** Finds the line that opened an operation: a new grant; else the endpoint, where it is new; else a guardrail that is
 *  gone or reads otherwise; else the grant that was there before. */
class Causes {
  readonly #grants: ReadonlySet<string>;
  readonly #newLines: ReadonlySet<string>;
  readonly #endpoints: ReadonlyMap<string, Location>;
  readonly #knownBefore: ReadonlySet<string>;
  readonly #guardrail: Place | undefined;
  readonly #state: Place['state'];

  constructor(before: Side, after: State, state: Place['state']) {
    this.#state = state;
    this.#grants = new Set(before.state.policy.grants.map(grantKey));
    this.#newLines = new Set(
      after.policy.grants
        .filter((grant) => !this.#grants.has(grantKey(grant)))
        .map(({ source }) => lineKey(source)),
    );
    this.#knownBefore = new Set(before.state.policy.endpoints.map(endpointKey));
    this.#endpoints = new Map(
      after.endpoints.flatMap((endpoint) => {
        const { declaredIn, implementedIn, configuredIn } = endpoint;
        const place = [...declaredIn, ...implementedIn, ...configuredIn][0];
        return place ? [[endpointKey(endpoint), place] as const] : [];
      }),
    );
    this.#guardrail = changedGuardrail(before.state, after, state);
  }

  of({ operation, because }: Reached, _pair: ReachedPair): Cause {
    const grant = because.find((place) => this.#newLines.has(lineKey(place)));
    if (grant) return { place: placeOf(grant, this.#state), byNewGrant: true };
    const { endpoint } = operation;
    const isNew = endpoint !== undefined && !this.#knownBefore.has(endpointKey(endpoint));
    const place = isNew ? this.#endpoints.get(endpointKey(endpoint)) : undefined;
    return {
      place: placeOf(place, this.#state) ?? this.#guardrail ?? placeOf(because[0], this.#state),
      byNewGrant: false,
    };
  }
}

/** The first guardrail of the other state that is gone, or that reads otherwise. */
function changedGuardrail(before: State, after: State, state: Place['state']): Place | undefined {
  const now = new Map(after.policy.guardrails.map((one) => [one.id, one]));
  for (const was of before.policy.guardrails) {
    const is = now.get(was.id);
    if (!is) return placeOf(was, state === 'head' ? 'base' : 'head');
    if (is.text !== was.text) return placeOf(is, state);
  }
  return undefined;
}

export function grantKey({
  from,
  to,
  operation,
}: Pick<State['policy']['grants'][number], 'from' | 'to' | 'operation'>): string {
  return `${pairKey(from, to)} ${operation}`;
}

function lineKey({
  file,
  line,
  column,
}: {
  readonly file?: string | undefined;
  readonly line?: number | undefined;
  readonly column?: number | undefined;
}): string {
  return `${file}:${line}:${column}`;
}

function endpointKey(endpoint: {
  readonly service: string;
  readonly protocol: string;
  readonly method: string;
  readonly template: string;
}): string {
  return `${endpoint.service} ${endpoint.protocol} ${endpoint.method} ${endpoint.template}`;
}

function keyOf(place: Place | undefined): string {
  return place ? `${place.state} ${lineKey(place)}` : '';
}

/** The wildcard of a method is not told beside that of every method, nor `HEAD` beside `GET`, by which it goes; and of
 *  one path every method says it all. */
function withoutEchoes(operations: readonly Operation[]): Operation[] {
  const told = new Set(
    operations
      .filter(isWildcard)
      .map(({ protocol, method, path }) => `${protocol} ${method} ${path}`),
  );
  return operations
    .filter((operation) => {
      const { protocol, method, path } = operation;
      if (method === '*') return true;
      if (!isWildcard(operation)) return !told.has(`${protocol} * ${path}`);
      if (told.has(`${protocol} * ${path}`)) return false;
      return method !== 'HEAD' || !told.has(`${protocol} GET ${path}`);
    })
    .sort(compareOperations);
}

function isWildcard({ endpoint }: Operation): boolean {
  return endpoint === undefined;
}

/** Wildcards behind what they stand for. */
function compareOperations(a: Operation, b: Operation): number {
  const wildcards = Number(a.endpoint === undefined) - Number(b.endpoint === undefined);
  return wildcards || (a.text < b.text ? -1 : a.text > b.text ? 1 : 0);
}
