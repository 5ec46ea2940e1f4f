import { isDeepStrictEqual } from 'node:util';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { Engine } from '../../engine/index.ts';
import { arbitraryPolicy } from '../../engine/testing/index.ts';
import { CedarJudge, readGuardrails } from '../../guardrails/index.ts';
import type { Policy } from '../../model/index.ts';
import { SHOP } from '../testing/shop.ts';
import { changedCallees, compileOpa, OpaCompiler, onlyOf } from './index.ts';
import { sameData } from './same-data.ts';

const guardrailsOf = (text: string) =>
  readGuardrails([{ path: 'guardrails/shop.cedar', text }]).guardrails;
/** It looks at callers and at callees. */
const OWNERS = guardrailsOf(
  '@id("owners") @reason("no") forbid (principal, action, resource) when { principal.exposure == "internet" || resource.deprecated };',
);
const DEPRECATED = guardrailsOf(
  '@id("alive") @reason("it goes") forbid (principal, action, resource) when { resource.deprecated };',
);

const rulesOf = (policy: Policy) => new Engine(policy, new CedarJudge(policy.guardrails)).rules();

/** The files of each policy, by a compiler that is told of what has changed only. */
function byChanges(policies: readonly Policy[]) {
  const compiler = new OpaCompiler();
  return policies.map((policy, at) => {
    const before = policies[at - 1];
    const changed = before && changedCallees(before, policy);
    const given = changed ? onlyOf(policy, changed) : policy;
    return compiler.compile(rulesOf(given), given, changed);
  });
}

const whole = (policy: Policy) =>
  compileOpa(rulesOf(policy), {
    ...{ policy, placements: new Map(), trustDomain: 'example.org', egress: false },
  }).files;

/** Some of one policy and some of another, list by list; items go and come. */
const arbitraryChange = (): fc.Arbitrary<readonly Policy[]> => {
  const guardrails = fc.constantFrom(OWNERS, OWNERS, OWNERS, DEPRECATED, []);
  const mixed = ([before, other]: readonly [Policy, Policy]) => {
    const listOf = <Item>(was: readonly Item[], is: readonly Item[]) =>
      fc.oneof(fc.constant(was), fc.shuffledSubarray([...was, ...is]), fc.constant(was.slice(1)));
    return fc.record({
      services: fc.constantFrom(
        before.services,
        before.services.toReversed(),
        before.services.map((service, at) => other.services[at] ?? service),
        before.services.map((one, at) =>
          at === 0 ? { ...one, exposure: 'internet' as const } : one,
        ),
        before.services.map((one, at) => ({
          ...one,
          identities: before.services[(at + 1) % before.services.length]?.identities ?? [],
        })),
        before.services.slice(1),
      ),
      endpoints: listOf(before.endpoints, other.endpoints),
      grants: listOf(before.grants, other.grants),
      guardrails,
    });
  };
  return fc
    .tuple(arbitraryPolicy(), arbitraryPolicy(), guardrails)
    .map(([a, b, rails]) => [{ ...a, guardrails: rails }, b] as const)
    .chain(([before, other]) =>
      fc.tuple(fc.constant(before), mixed([before, other]), mixed([before, other])),
    );
};

describe('what callees have come to is remembered', () => {
  it('and is what the whole policy comes to, whatever changes', () => {
    fc.assert(
      fc.property(arbitraryChange(), (policies) => {
        expect(byChanges(policies)).toEqual(policies.map(whole));
      }),
      { numRuns: 150 },
    );
  });

  it.each<readonly [string, Partial<Policy>, readonly string[]]>([
    ['nothing', { grants: structuredClone(SHOP.grants) }, []],
    ['the order of services', { services: SHOP.services.toReversed() }, []],
    ['a grant', { grants: SHOP.grants.slice(1) }, [SHOP.grants[0]?.to ?? '']],
    ['an endpoint', { endpoints: SHOP.endpoints.slice(1) }, [SHOP.endpoints[0]?.service ?? '']],
  ])('of %s, which concerns these callees only', (_, change, want) => {
    expect([...(changedCallees(SHOP, { ...SHOP, ...change }) ?? [])]).toEqual(want);
  });

  it('of guardrails, which concern all', () => {
    expect(changedCallees(SHOP, { ...SHOP, guardrails: DEPRECATED })).toBeUndefined();
  });
});

describe('data', () => {
  it('is the same where Node finds it deeply equal', () => {
    const value = fc.jsonValue({ maxDepth: 3 });
    fc.assert(
      fc.property(value, value, (a, b) => {
        expect(sameData(a, b)).toBe(isDeepStrictEqual(a, b));
        expect(sameData(a, structuredClone(a))).toBe(true);
      }),
    );
  });

  it.each([
    [{ a: undefined }, {}],
    [{ a: undefined }, { b: undefined }],
    [[], {}],
    [{ length: 0 }, []],
    [null, {}],
    [[1, 2], [1]],
  ])('%j differs from %j', (a, b) => {
    expect([sameData(a, b), sameData(b, a)]).toEqual([false, false]);
  });
});
