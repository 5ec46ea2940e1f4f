import type { Location } from '../../estate/index.ts';
import type { PolicyEndpoint } from '../model/index.ts';
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
import { wireOperations } from './operations.ts';
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
      const operations = group.map(({ operation }) => operation).sort(compareOperations);
      const texts = withoutEchoes(operations).map(({ text }) => text);
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
    this.#knownBefore = new Set(before.state.policy.endpoints.flatMap(operationKeys));
    this.#endpoints = endpointPlaces(after);
    this.#guardrail = changedGuardrail(before.state, after, state);
  }

  of({ operation, because }: Reached, { callee }: ReachedPair): Cause {
    const grant = because.find((place) => this.#newLines.has(lineKey(place)));
    if (grant) return { place: placeOf(grant, this.#state), byNewGrant: true };
    const key = operationKey(callee.id, operation);
    const place = this.#knownBefore.has(key) ? undefined : this.#endpoints.get(key);
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

/** Where each operation of an endpoint is said to be. An endpoint of its own goes before one that takes every method. */
function endpointPlaces({ endpoints }: State): Map<string, Location> {
  const places = new Map<string, Location>();
  for (const endpoint of endpoints) {
    const { declaredIn, implementedIn, configuredIn } = endpoint;
    const place = [...declaredIn, ...implementedIn, ...configuredIn][0];
    if (!place) continue;
    for (const key of operationKeys(endpoint)) {
      if (endpoint.method !== 'ANY' || !places.has(key)) places.set(key, place);
    }
  }
  return places;
}

const operationKeys = (
  endpoint: Pick<PolicyEndpoint, 'service' | 'protocol' | 'method' | 'template'>,
): string[] =>
  wireOperations(endpoint).map((operation) => operationKey(endpoint.service, operation));

const operationKey = (
  service: string,
  { protocol, text }: Pick<Operation, 'protocol' | 'text'>,
): string => `${service} ${protocol} ${text}`;

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
  return operations.filter((operation) => {
    const { protocol, method, path } = operation;
    if (method === '*') return true;
    if (!isWildcard(operation)) return !told.has(`${protocol} * ${path}`);
    if (told.has(`${protocol} * ${path}`)) return false;
    return method !== 'HEAD' || !told.has(`${protocol} GET ${path}`);
  });
}

function isWildcard({ endpoint }: Operation): boolean {
  return endpoint === undefined;
}

/** Wildcards behind what they stand for. */
function compareOperations(a: Operation, b: Operation): number {
  const wildcards = Number(a.endpoint === undefined) - Number(b.endpoint === undefined);
  return wildcards || (a.text < b.text ? -1 : a.text > b.text ? 1 : 0);
}
