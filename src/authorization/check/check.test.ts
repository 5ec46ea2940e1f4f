import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { check } from './check.ts';
import { type Change, DEFAULT_CHECK_OPTIONS, type State } from './model.ts';
import { RULE_IDS } from './rule-ids.ts';
import { RULES } from './rules/index.ts';
import { forbidsCallsOf, guardrail, idOf, permission, route, stateOf } from './testing/states.ts';

const NAMES = ['web', 'orders', 'payments', 'reviews'] as const;
const name = fc.constantFrom(...NAMES);
const endpoint = fc
  .tuple(
    name,
    fc.constantFrom('GET', 'POST', 'ANY'),
    fc.constantFrom('/a', '/a/{id}', '/b'),
    fc.constantFrom('', ' #pci'),
  )
  .map(([service, method, path, tag]) => `${service} ${method} ${path}${tag}`);
const grant = fc
  .tuple(
    name,
    name,
    fc.constantFrom('GET /a', 'POST /a/{id}', 'GET /**', 'ANY /b', '*', 'GET /a/*'),
  )
  .map(([from, to, operation]) => `${from} ${to} ${operation}`);
const principal = fc.constantFrom('*', '*authenticated', 'shop/*', idOf('web'), idOf('orders'));
const permissions = fc.array(
  fc
    .tuple(principal, fc.constantFrom('*', 'GET /a', 'POST /*'), fc.constantFrom('allow', 'deny'))
    .map(([from, operation, effect]) => permission([from], [operation], { effect })),
  { maxLength: 3 },
);
const posture = fc
  .constantFrom('strict', 'permissive', 'disabled', 'unknown')
  .map((inbound) => ({ mesh: 'istio', inbound, because: inbound }) as const);
const service = fc.record({
  exposure: fc.constantFrom('internet', 'internal'),
  criticality: fc.constantFrom('critical', 'low', undefined),
  permissions,
  postures: fc.array(posture, { maxLength: 2 }),
  routes: fc.array(
    fc.constantFrom('/', '/a', '/b').map((path) => route(path)),
    { maxLength: 2 },
  ),
});
const state: fc.Arbitrary<State> = fc
  .record({
    services: fc.tuple(service, service, service, service),
    endpoints: fc.uniqueArray(endpoint, {
      maxLength: 8,
      selector: (text) => text.replace(' #pci', ''),
    }),
    grants: fc.uniqueArray(grant, { maxLength: 8 }),
    forbidden: fc.option(name, { nil: undefined }),
  })
  .map(({ services, endpoints, grants, forbidden }) =>
    stateOf({
      services: Object.fromEntries(NAMES.map((one, index) => [one, services[index] ?? {}])),
      endpoints,
      grants,
      guardrails: forbidden ? [guardrail('calm', forbidsCallsOf(forbidden))] : [],
    }),
  );

const run = (base: State, head: State) => check(base, head, DEFAULT_CHECK_OPTIONS);
/** Each thing that is gained or lost, wherever it stands. */
const things = (
  changes: readonly Change[],
  which: 'gained' | 'lost',
  isWanted: (change: Change) => boolean,
) =>
  changes
    .filter(isWanted)
    .flatMap((change) =>
      change[which].map((text) => `${change.layer} ${change.from} ${change.to} ${text}`),
    )
    .sort();

describe('a check', () => {
  it('of any state with itself finds nothing', () => {
    fc.assert(
      fc.property(state, (one) => {
        expect(run(one, one)).toMatchObject({ violations: [], changes: [] });
      }),
      { numRuns: 100 },
    );
  });

  it('of any two states finds in one direction what it finds in the other', () => {
    fc.assert(
      fc.property(state, state, (one, other) => {
        const isMirrored = ({ layer }: Change) => layer === 'declared' || layer === 'outside';
        const [there, back] = [run(one, other).changes, run(other, one).changes];
        expect(things(there, 'gained', isMirrored)).toEqual(things(back, 'lost', isMirrored));
      }),
      { numRuns: 100 },
    );
  });

  it('does not depend on the order of anything', () => {
    fc.assert(
      fc.property(state, state, (base, head) => {
        const { policy } = head;
        const turned: State = {
          ...head,
          services: head.services.toReversed(),
          policy: {
            services: policy.services.toReversed(),
            endpoints: policy.endpoints.toReversed(),
            grants: policy.grants.toReversed(),
            guardrails: policy.guardrails.toReversed(),
          },
        };
        const rules = (one: State) =>
          [...new Set(run(base, one).violations.map(({ rule }) => rule))].sort();
        expect(rules(turned)).toEqual(rules(head));
      }),
      { numRuns: 100 },
    );
  });

  it('of what has more grants in an otherwise equal state never calls anything lost', () => {
    fc.assert(
      fc.property(state, grant, (base, more) => {
        const [added] = stateOf({ grants: [more] }).policy.grants;
        const head = {
          ...base,
          policy: { ...base.policy, grants: [...base.policy.grants, ...(added ? [added] : [])] },
        };
        const lost = run(base, head).changes.filter(
          ({ layer, lost: texts }) => layer === 'declared' && texts.length > 0,
        );
        // A path that only a grant knows takes what is nearest from wildcards of others: see the README of authorisation.
        const isWide = /\*|ANY/.test(more);
        if (isWide) expect(lost).toEqual([]);
      }),
      { numRuns: 100 },
    );
  });
});

it('the ids of the rules are listed for settings that name them', () => {
  expect(RULES.map(({ id }) => id).sort()).toEqual([...RULE_IDS]);
});
