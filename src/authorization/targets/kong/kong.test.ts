import { readFileSync } from 'node:fs';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { Policy, Question } from '../../model/index.ts';
import { toWirePath } from '../../operations/index.ts';
import { sampleRule, sampleService } from '../../testing/samples.ts';
import { ASKED, type Asked, isToldDenied } from '../testing/asked.ts';
import { contextFor } from '../testing/index.ts';
import { SHOP_CONTEXT, SHOP_RULES } from '../testing/shop.ts';
import { compileKong } from './index.ts';
import { Kong, normalized } from './testing/evaluator.ts';

/** More where `REEVE_PROPERTY_RUNS` asks for that many policies. */
const POLICIES = Number(process.env.REEVE_PROPERTY_RUNS ?? 150);
const QUESTIONS = 40;
const COMMON_METHODS = ['GET', 'HEAD', 'POST', 'PUT', 'PATCH', 'DELETE', 'OPTIONS'];

/** In the words of Kong, as it is applied. */
const SHOP = readFileSync(new URL('testing/shop.yaml', import.meta.url), 'utf8');

describe('what Kong is told', () => {
  it('of a shop', () => {
    const { files } = compileKong(SHOP_RULES, SHOP_CONTEXT);
    const text = files.map((file) => `# ${file.path}\n${file.text}`).join('---\n');
    expect(text).toBe(SHOP);
  });

  it('does not depend on any order', () => {
    const turned = SHOP_RULES.map((one) => ({
      ...one,
      callers: one.callers
        .map((caller) => ({ ...caller, allowed: caller.allowed.toReversed() }))
        .toReversed(),
    }));
    expect(compileKong(turned.toReversed(), SHOP_CONTEXT).files).toEqual(
      compileKong(SHOP_RULES, SHOP_CONTEXT).files,
    );
  });

  it('takes in below a wildcard what is longer than all that is known there', () => {
    const rules = ['GET /**', 'GET /', 'GET /{id}/{id}'].map((one) => sampleRule(one));
    const caller = sampleService('dev/shop/web');
    const callee = sampleService('dev/shop/orders');
    const longer = sampleRule('GET /{id}', { except: ['/{id}/{id}/{id}/{rest...}'] });
    const { identities } = caller;
    const callers = [{ identities, services: [caller], allowed: [...rules, longer] }];
    const policy = { ...SHOP_CONTEXT.policy, services: [caller, callee] };
    const compiled = compileKong(
      [{ service: callee, mode: 'enforce', callers }],
      contextFor(policy),
    );
    const kong = new Kong(compiled.files[0]?.text);
    const host = 'orders.shop.svc';
    for (const path of ['/1', '/1/2', '/1/2/3', '/1/2/3/4']) {
      const asked = { host, method: 'GET', path, consumer: identities[0] };
      expect([path, kong.lets(asked)]).toEqual([path, true]);
    }
  });

  it.each(ASKED)('lets in what %s does, but for what its notices name', (_, arbitraryAsked) => {
    const seen = { same: 0, told: 0 };
    fc.assert(
      fc.property(arbitraryAsked(QUESTIONS), (asked) => {
        const { policy, rules, questions } = asked;
        const { files, notices } = compileKong(rules, contextFor(policy));
        const kong = new Kong(files[0]?.text);
        for (const question of questions) {
          const path = normalized(question.path);
          const want = wanted(asked, question, path);
          const got = ask(kong, policy, question, path);
          if (got === want || isLeft(question, path)) seen.same++;
          else if (!got && isToldDenied(notices, policy, question)) seen.told++;
          else if (!got && !COMMON_METHODS.includes(question.method)) seen.told++;
          else expect({ question, got }).toEqual({ question, got: want });
        }
      }),
      { numRuns: POLICIES },
    );
    expect(seen.same).toBeGreaterThan(0.8 * POLICIES * QUESTIONS);
  });
});

/** What the rules say of a question as Kong passes it on. */
function wanted({ policy, allows }: Asked, question: Question, path: string): boolean {
  const callee = policy.services.find(({ id }) => id === question.service);
  if (question.protocol !== 'http') return false;
  return callee?.mode === 'shadow' || allows({ ...question, path });
}

function ask(kong: Kong, policy: Policy, question: Question, path: string): boolean {
  const { caller, proof, protocol, method, service } = question;
  const callee = policy.services.find(({ id }) => id === service);
  if (!callee || protocol !== 'http') return false;
  const consumer = proof === undefined ? undefined : caller;
  return kong.lets({ host: `${callee.name}.${callee.namespace}.svc`, method, path, consumer });
}

/** What the general notices leave to others: encoding that is not UTF-8. */
function isLeft({ method }: Question, path: string): boolean {
  const taken = toWirePath(path);
  return method === '' || (typeof taken !== 'string' && taken.code === 'path-not-utf8');
}
