import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { Engine } from '../../engine/index.ts';
import { arbitraryPolicy, arbitraryQuestion } from '../../engine/testing/arbitrary.ts';
import { arbitraryGuardrails, sampleJudge } from '../../engine/testing/judge.ts';
import type { GuardrailJudge, Policy } from '../../model/index.ts';
import { readSlice } from './read-slice.ts';
import { sliceOf, toPolicy } from './slice.ts';
import { grantOf, MAIL, ORDERS, SHOP, serviceWith, WEB } from './testing/policies.ts';
import { writeSlice } from './write-slice.ts';

/** Guardrails of the organisation, and one that looks at what is known of a caller. */
function judgeWith(samples: Parameters<typeof sampleJudge>[0]): GuardrailJudge {
  const others = sampleJudge(samples);
  return {
    judge: (call, context) => others.judge(call, context),
    standing: (call) =>
      call.caller.owner === undefined
        ? { kind: 'forbids', id: 'owned', reason: undefined }
        : others.standing(call),
  };
}

const cases = arbitraryPolicy().chain((policy) => {
  const ids = policy.services.map(({ id }) => id);
  return fc.record({
    policy: fc.constant(policy),
    callees: fc.subarray(ids, { minLength: 1 }),
    questions: fc.array(arbitraryQuestion(policy), { minLength: 1, maxLength: 12 }),
    guardrails: arbitraryGuardrails(ids, []),
  });
});

describe('a slice of a policy', () => {
  it('decides each question about its callees as the whole policy does, for everybody who asks', () => {
    const seen = new Map<string, number>();
    fc.assert(
      fc.property(cases, ({ policy, callees, questions, guardrails }) => {
        const judge = judgeWith(guardrails);
        const whole = new Engine(policy, judge);
        const sent = readSlice(writeSlice(sliceOf(policy, callees)).bytes);
        const part = new Engine(toPolicy(sent), judge);
        for (const question of questions) {
          if (!callees.includes(question.service)) continue;
          const decision = whole.decide(question);
          expect(part.decide(question)).toEqual(decision);
          seen.set(decision.reason, (seen.get(decision.reason) ?? 0) + 1);
        }
      }),
      { numRuns: 400 },
    );
    for (const reason of ['declared', 'caller-unknown', 'call-undeclared', 'guardrail-forbids']) {
      expect(seen.get(reason) ?? 0).toBeGreaterThan(5);
    }
  });

  it('is the same, cut from the whole policy or from a larger slice, in whatever order that is', () => {
    const shuffled = <Item>(items: readonly Item[]) =>
      fc.shuffledSubarray([...items], { minLength: items.length });
    const orders = cases.chain((one) =>
      fc.record({
        one: fc.constant(one),
        services: shuffled(one.policy.services),
        endpoints: shuffled(one.policy.endpoints),
        grants: shuffled(one.policy.grants),
        some: fc.subarray(one.callees),
      }),
    );
    fc.assert(
      fc.property(orders, ({ one: { policy, callees }, some, ...lists }) => {
        const { revision, bytes } = writeSlice(sliceOf(policy, some));
        const other: Policy = { ...policy, ...lists };
        expect(writeSlice(sliceOf(other, some.toReversed()))).toEqual({ revision, bytes });
        const larger = toPolicy(readSlice(writeSlice(sliceOf(policy, callees)).bytes));
        expect(writeSlice(sliceOf(larger, some))).toEqual({ revision, bytes });
      }),
      { numRuns: 200 },
    );
  });

  it('has of others than its callees and their callers nothing but who they are', () => {
    const policy: Policy = {
      ...SHOP,
      services: [
        ...SHOP.services,
        serviceWith('production/shop/twin', {
          identities: ['spiffe://example.org/ns/shop/sa/web'],
        }),
      ],
      grants: [...SHOP.grants, grantOf(MAIL, WEB, 'GET /'), grantOf(ORDERS, MAIL, 'POST /')],
    };
    const slice = sliceOf(policy, [ORDERS]);
    expect(slice.callees).toEqual([ORDERS]);
    expect(slice.services.map(({ id }) => id)).toEqual([ORDERS, WEB, 'production/shop/twin']);
    expect(slice.grants).toEqual(SHOP.grants);
    const stranger = toPolicy(slice).services.find(({ id }) => id === MAIL);
    expect(stranger).toMatchObject({
      name: 'mail',
      namespace: 'shop',
      owner: undefined,
      groups: [],
    });
  });

  it('stays the same while others change, and is another where it says something else', () => {
    const revision = (policy: Policy) => writeSlice(sliceOf(policy, [ORDERS])).revision;
    const before = revision(SHOP);
    expect(revision({ ...SHOP, grants: [...SHOP.grants, grantOf(WEB, MAIL, 'POST /')] })).toBe(
      before,
    );
    const services = SHOP.services.map((one) => ({
      ...one,
      owner: one.id === MAIL ? 'other' : one.owner,
    }));
    expect(revision({ ...SHOP, services })).toBe(before);
    expect(revision({ ...SHOP, grants: [] })).not.toBe(before);
    expect(revision({ ...SHOP, services: SHOP.services.slice(0, 2) })).not.toBe(before);
  });

  it('of a service that nobody knows is empty', () => {
    expect(sliceOf(SHOP, ['production/shop/nobody']).callees).toEqual([]);
  });
});
