import { describe, expect, it } from 'vitest';
import { Fault } from '../../../../base/fault.ts';
import type { RotationPlan } from '../../../../secrets/model/index.ts';
import type { Rotator } from '../../../../secrets/rotation/index.ts';
import { apiKeyRotator } from '../../../../secrets/rotators/api-key/index.ts';
import { kvRotator } from '../../../../secrets/rotators/kv/index.ts';
import { x509Rotator } from '../../../../secrets/rotators/x509/index.ts';
import type { Principal } from '../../../auth/authenticator.ts';
import { PlanInput, toPlan } from './plan-input.ts';
import { checkPlanner } from './planner.ts';

const [MINE, THEIRS, NOBODYS] = ['test/shop/web', 'test/shop/orders', 'test/shop/coming'];
const OWNERS = new Map([
  [MINE, 'team-web'],
  [THEIRS, 'team-orders'],
]);

const unasked = async (): Promise<never> => {
  throw new Error('nothing is asked of it');
};
const keys = { register: unasked, revoke: unasked, stateOf: () => 'unknown', settleSeconds: 0 };
const authority = { issue: unasked, revoke: unasked, anchors: () => [] };
const rotators = new Map<string, Rotator>(
  [
    apiKeyRotator(keys as Parameters<typeof apiKeyRotator>[0]),
    x509Rotator({ ...authority, standingOf: () => 'valid' }),
    kvRotator,
  ].map((one) => [one.kind, one as Rotator]),
);

const bound = { name: 'bo', teams: new Set(['team-web']) } as unknown as Principal;
const unbound = { name: 'admin' } as unknown as Principal;

const planOf = (rotator: string, config: object, deliver: object[] = []): RotationPlan =>
  toPlan(PlanInput.parse({ rotator, config, everySeconds: 86_400, deliver }));
const key = (...services: string[]) =>
  planOf('api-key', {
    environments: ['test'],
    scopes: services.map((service) => ({ service, operations: ['GET /'] })),
  });
const certificate = planOf('x509', { spiffeId: 'spiffe://example.org/web' });
const KV = { url: 'https://bao.example.org', mount: 'kv', path: 'web' };
const JWT = { ...KV, auth: { method: 'jwt', role: 'reeve' } };

/** The code of the fault, if it comes to one. */
async function judged(principal: Principal, service: string, plan: RotationPlan | null) {
  try {
    await checkPlanner(principal, service, plan, {
      find: unasked,
      ownerOf: async ({ service: id }) => OWNERS.get(id) ?? null,
      rotators,
    });
    return undefined;
  } catch (thrown) {
    if (!(thrown instanceof Fault)) throw thrown;
    return thrown.code;
  }
}

describe('who is bound to a team', () => {
  it.each([
    ['has keys made for their service, to be called with', MINE, key(MINE), true],
    ['has none made that let into services of others', MINE, key(MINE, THEIRS), false],
    ['nor into those that are nobody’s', MINE, key(NOBODYS), false],
    ['has none made that speak for what is nobody’s', NOBODYS, key(MINE), false],
    ['has certificates made for their service', MINE, certificate, true],
    ['has none made for what is nobody’s', NOBODYS, certificate, false],
    ['has Reeve log in with what a secret holds', MINE, planOf('kv', KV), true],
    ['has it log in nowhere as itself', MINE, planOf('kv', JWT), false],
    ['nor to deliver', MINE, planOf('kv', KV, [{ kind: 'kv', ...JWT }]), false],
    ['is told elsewhere of a configuration that is none', MINE, planOf('api-key', {}), true],
    ['and of a rotator that there is not', MINE, planOf('none', {}), true],
    ['takes a plan away', MINE, null, true],
  ])('%s', async (_what, service, plan, isTaken) => {
    expect(await judged(bound, service, plan)).toBe(isTaken ? undefined : 'http/team-forbidden');
    expect(await judged(unbound, service, plan)).toBeUndefined();
  });
});
