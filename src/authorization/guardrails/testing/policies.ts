import fc from 'fast-check';
import { ENTITY_TYPES } from '../names.ts';
import { WORDS } from './calls.ts';

/** Policies in Cedar's JSON format, most of them well typed, and some of them not. */

type Node = Readonly<Record<string, unknown>>;
type Kind = 'boolean' | 'string' | 'long' | 'entity' | 'set' | 'record';

const word = fc.constantFrom(...WORDS);
const LONGS = [0, 1, -1, 2, 7, Number.MAX_SAFE_INTEGER, -Number.MAX_SAFE_INTEGER];
const attribute = fc.constantFrom(
  ...['name', 'owner', 'criticality', 'sensitivity', 'exposure', 'kind', 'service', 'method'],
  ...['template', 'known', 'deprecated', 'path', 'proof', 'toString', '__proto__', 'a', 'b'],
);

const arbitraryUid = fc.oneof(
  fc.record({
    type: fc.constant(ENTITY_TYPES.service),
    id: fc.constantFrom('production/shop/orders', 'staging/shop/payments', 'none/such/one'),
  }),
  fc.record({
    type: fc.constantFrom(ENTITY_TYPES.team, ENTITY_TYPES.group),
    id: fc.constantFrom('team-a', 'pci', 'all', ''),
  }),
  fc.record({
    type: fc.constantFrom(ENTITY_TYPES.environment, ENTITY_TYPES.namespace),
    id: fc.constantFrom('production', 'staging', 'production/shop'),
  }),
  fc.record({
    type: fc.constant(ENTITY_TYPES.endpoint),
    id: fc.constantFrom(
      'production/shop/orders http GET /orders/{id}',
      'staging/shop/payments unknown',
    ),
  }),
  fc.constant({ type: ENTITY_TYPES.action, id: 'call' }),
);

const of = (variable: string, attr: string): Node => ({
  '.': { left: { Var: variable }, attr },
});
const services = ['principal', 'resource'];

const setOf = (members: readonly Node[]): Node => ({ Set: members });

/** What a kind is at its simplest. */
const LEAVES: Readonly<Record<Kind, fc.Arbitrary<Node>>> = {
  boolean: fc.oneof(
    fc.boolean().map((Value) => ({ Value })),
    fc.constantFrom('known', 'deprecated', 'blocked').map((attr) => of('resource', attr)),
  ),
  string: fc.oneof(
    word.map((Value) => ({ Value })),
    fc
      .tuple(fc.constantFrom(...services), fc.constantFrom('owner', 'criticality', 'name'))
      .map(([variable, attr]) => of(variable, attr)),
    fc.constantFrom('protocol', 'method', 'template').map((attr) => of('resource', attr)),
    fc.constantFrom('proof', 'protocol', 'method', 'path').map((attr) => of('context', attr)),
  ),
  long: fc.constantFrom(...LONGS).map((Value) => ({ Value })),
  entity: fc.oneof(
    fc.constantFrom('principal', 'resource', 'action').map((Var) => ({ Var })),
    fc.constant(of('resource', 'service')),
    arbitraryUid.map((__entity) => ({ Value: { __entity } })),
  ),
  set: fc.oneof(
    fc.constantFrom(...services).map((variable) => of(variable, 'sensitivity')),
    fc.array(word, { maxLength: 3 }).map((words) => ({ Set: words.map((Value) => ({ Value })) })),
    fc.array(word, { maxLength: 3 }).map((Value) => ({ Value })),
  ),
  record: fc.oneof(
    fc.constant({ Var: 'context' }),
    fc.dictionary(fc.constantFrom('a', 'b', '__proto__'), word).map((Value) => ({ Value })),
  ),
};

const KINDS = Object.keys(LEAVES) as Kind[];
const pattern = fc.array(
  fc.oneof(
    fc.constant('Wildcard'),
    fc.constantFrom('/', 'a', '/admin', '*', '', '😀').map((Literal) => ({ Literal })),
  ),
  { minLength: 1, maxLength: 4 },
);

/** An expression that most often is of the kind; one operand in ten is of any kind. */
function expression(kind: Kind, depth: number): fc.Arbitrary<Node> {
  const leaf = LEAVES[kind];
  if (depth === 0) return leaf;
  return fc.oneof(
    { weight: 1, arbitrary: leaf },
    { weight: 3, arbitrary: compound(kind, depth - 1) },
  );
}

const memo = new Map<string, fc.Arbitrary<Node>>();

function operand(kind: Kind, depth: number): fc.Arbitrary<Node> {
  const key = `${kind} ${depth}`;
  let made = memo.get(key);
  if (made === undefined) {
    const any = fc.oneof(...KINDS.map((other) => LEAVES[other]));
    made = fc.oneof(
      { weight: 9, arbitrary: expression(kind, depth) },
      { weight: 1, arbitrary: any },
    );
    memo.set(key, made);
  }
  return made;
}

function two(names: readonly string[], left: fc.Arbitrary<Node>, right: fc.Arbitrary<Node>) {
  return fc
    .tuple(fc.constantFrom(...names), left, right)
    .map(([name, first, second]): Node => ({ [name]: { left: first, right: second } }));
}

function compound(kind: Kind, depth: number): fc.Arbitrary<Node> {
  const part = (of: Kind) => operand(of, depth);
  const conditional = fc
    .tuple(part('boolean'), part(kind), part(kind))
    // biome-ignore lint/suspicious/noThenProperty: the name in Cedar's format
    .map((all): Node => ({ 'if-then-else': { if: all[0], then: all[1], else: all[2] } }));
  const access = fc
    .tuple(fc.oneof(part('entity'), part('record')), attribute)
    .map(([left, attr]): Node => ({ '.': { left, attr } }));
  return fc.oneof(
    { weight: 1, arbitrary: conditional },
    { weight: kind === 'boolean' ? 0 : 1, arbitrary: access },
    { weight: 8, arbitrary: COMPOUNDS[kind](part) },
  );
}

type Part = (of: Kind) => fc.Arbitrary<Node>;

const COMPOUNDS: Readonly<Record<Kind, (part: Part) => fc.Arbitrary<Node>>> = {
  boolean: (part) => fc.oneof(junctions(part), comparisons(part), ofEntities(part), ofSets(part)),
  string: () => LEAVES.string,
  long: (part) =>
    fc.oneof(
      two(['+', '-', '*'], part('long'), part('long')),
      part('long').map((arg) => ({ neg: { arg } })),
    ),
  entity: () => LEAVES.entity,
  set: (part) =>
    fc.oneof(
      fc.array(fc.oneof(...KINDS.map((kind) => part(kind))), { maxLength: 3 }).map(setOf),
      fc.array(part('entity'), { maxLength: 3 }).map(setOf),
    ),
  record: (part) =>
    fc
      .dictionary(fc.constantFrom('a', 'b', 'owner'), fc.oneof(part('string'), part('record')))
      .map((Record) => ({ Record })),
};

function junctions(part: Part): fc.Arbitrary<Node> {
  return fc.oneof(
    two(['&&', '||'], part('boolean'), part('boolean')),
    part('boolean').map((arg) => ({ '!': { arg } })),
  );
}

function comparisons(part: Part): fc.Arbitrary<Node> {
  return fc.oneof(
    ...KINDS.map((kind) => two(['==', '!='], part(kind), part(kind))),
    two(['<', '<=', '>', '>='], part('long'), part('long')),
    fc.tuple(part('string'), pattern).map(([left, like]) => ({ like: { left, pattern: like } })),
  );
}

const entityType = fc.constantFrom(ENTITY_TYPES.service, ENTITY_TYPES.endpoint, ENTITY_TYPES.team);

function ofEntities(part: Part): fc.Arbitrary<Node> {
  const uids = fc.array(
    arbitraryUid.map((__entity) => ({ Value: { __entity } })),
    {
      maxLength: 3,
    },
  );
  const where = fc.oneof(part('entity'), part('set'), uids.map(setOf));
  return fc.oneof(
    two(['in'], part('entity'), where),
    fc
      .tuple(part('entity'), entityType, fc.option(where, { nil: undefined }))
      .map(([left, entity_type, within]) => ({
        is: within === undefined ? { left, entity_type } : { left, entity_type, in: within },
      })),
    fc
      .tuple(fc.oneof(part('entity'), part('record')), hasAttributes)
      .map(([left, attr]) => ({ has: { left, attr } })),
  );
}

const hasAttributes = fc.oneof(attribute, fc.array(attribute, { minLength: 1, maxLength: 3 }));

function ofSets(part: Part): fc.Arbitrary<Node> {
  const member = fc.oneof(part('string'), part('entity'), part('long'), part('set'));
  return fc.oneof(
    two(['contains'], part('set'), member),
    two(['containsAll', 'containsAny'], part('set'), part('set')),
    part('set').map((arg) => ({ isEmpty: { arg } })),
  );
}

const scope = fc.oneof(
  { weight: 12, arbitrary: fc.constant({ op: 'All' }) },
  { weight: 1, arbitrary: arbitraryUid.map((entity) => ({ op: '==', entity })) },
  { weight: 2, arbitrary: arbitraryUid.map((entity) => ({ op: 'in', entity })) },
  {
    weight: 1,
    arbitrary: fc.tuple(entityType, fc.option(arbitraryUid)).map(([entity_type, entity]) => ({
      op: 'is',
      entity_type,
      ...(entity !== null && { in: { entity } }),
    })),
  },
);
const actions = fc.array(
  fc.constantFrom(
    { type: ENTITY_TYPES.action, id: 'call' },
    { type: ENTITY_TYPES.action, id: 'other' },
  ),
  { maxLength: 2 },
);
const actionScope = fc.oneof(
  { weight: 4, arbitrary: fc.constant({ op: 'All' }) },
  { weight: 1, arbitrary: actions.map((entities) => ({ op: 'in', entities })) },
  {
    weight: 1,
    arbitrary: fc.constant({ op: '==', entity: { type: ENTITY_TYPES.action, id: 'call' } }),
  },
);

/** Forbids, with at most two conditions. */
export const arbitraryPolicy: fc.Arbitrary<Node> = fc.record({
  effect: fc.constant('forbid'),
  principal: scope,
  action: actionScope,
  resource: scope,
  conditions: fc.array(
    fc.record({ kind: fc.constantFrom('when', 'unless'), body: operand('boolean', 3) }),
    { maxLength: 2 },
  ),
});
