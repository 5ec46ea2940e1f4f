import { readFileSync } from 'node:fs';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { OperationRule, Policy, Question } from '../../model/index.ts';
import { toWireMethod, toWirePath } from '../../operations/index.ts';
import { sampleRule } from '../../testing/samples.ts';
import { ASKED, type Asked, isToldDenied } from '../testing/asked.ts';
import { contextFor, workloadsFor } from '../testing/index.ts';
import { SHOP_CONTEXT, SHOP_RULES } from '../testing/shop.ts';
import { compileIstio } from './index.ts';
import { Istio, normalized } from './testing/evaluator.ts';

/** More where `REEVE_PROPERTY_RUNS` asks for that many policies. */
const POLICIES = Number(process.env.REEVE_PROPERTY_RUNS ?? 150);
const QUESTIONS = 40;

/** In the words of Istio, as it is applied. */
const SHOP = readFileSync(new URL('testing/shop.yaml', import.meta.url), 'utf8');

const RULE = sampleRule('GET /');

describe('what Istio is told', () => {
  it('of a shop', () => {
    const { files } = compileIstio(SHOP_RULES, SHOP_CONTEXT);
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
    expect(compileIstio(turned.toReversed(), SHOP_CONTEXT).files).toEqual(
      compileIstio(SHOP_RULES, SHOP_CONTEXT).files,
    );
  });

  it('and what it is not', () => {
    const { notices } = compileIstio(SHOP_RULES, SHOP_CONTEXT);
    expect(
      notices.flatMap(({ operation, message }) => (operation ? [`${operation}: ${message}`] : [])),
    ).toEqual([
      'QUERY order: Istio does not look into what is not told by methods and paths.',
      ...['GET /routes/{from}-{to}', 'HEAD /routes/{from}-{to}'].map(
        (one) => `${one}: Istio has no pattern for a segment of which a part is a parameter.`,
      ),
    ]);
    expect(notices.filter(({ effect }) => effect === 'left').map(({ service }) => service)).toEqual(
      [undefined, undefined, 'default/shop/mail', 'default/shop/reviews'],
    );
  });

  const allowed = (rule: Partial<OperationRule>) => {
    const [callee] = SHOP_RULES.filter(({ service }) => service.name === 'orders');
    const [caller] = callee?.callers ?? [];
    if (!callee || !caller) throw new Error('nobody calls orders');
    const rules = [{ ...callee, callers: [{ ...caller, allowed: [{ ...RULE, ...rule }] }] }];
    const { files, notices } = compileIstio(rules, SHOP_CONTEXT);
    const istio = new Istio(files);
    const lets = (path: string) =>
      istio.lets(
        { principal: 'example.org/ns/shop/sa/web', method: 'GET', path },
        { namespace: 'shop', labels: { app: 'orders' } },
      );
    return { lets, denied: notices.filter(({ operation }) => operation !== undefined) };
  };

  it.each<readonly [string, Partial<OperationRule>, readonly string[], readonly string[]]>([
    [
      'leaves out an exception in whatever case, with a slash or a parameter behind it',
      { path: '/orders/{id}', except: ['/orders/me'] },
      ['/orders/17', '/orders/men', '/orders/17/'],
      ['/orders/me', '/orders/ME', '/orders/mE/', '/orders/me;v=1', '/orders/me/;v=1'],
    ],
    [
      'leaves out what begins like a long exception',
      { path: '/orders/{id}', except: ['/orders/recommendations'] },
      ['/orders/17', '/orders/recent'],
      ['/orders/recommendations', '/orders/RECOMMENDATIONS', '/orders/RecommendationS'],
    ],
    [
      'leaves out characters beyond ASCII in whatever case and encoding',
      { path: '/{id}', except: ['/é'] },
      ['/e', '/%C3%A8'],
      ['/%C3%A9', '/%c3%a9', '/%C3%89', '/%c3%89/'],
    ],
    [
      'takes the rest of a path, one segment at least',
      { path: '/files/{path...}' },
      ['/files/a', '/files/a/', '/files/a/b.txt'],
      ['/files', '/files/', '/filesa'],
    ],
    [
      'takes what is below a wildcard, and the wildcard itself',
      { path: '/v1/**', except: ['/v1/{id}/keys'] },
      ['/v1', '/v1/', '/v1/a/b', '/v1/a/keys/b'],
      ['/v1/a/keys', '/v1/a/keys/', '/v10'],
    ],
    ['has no pattern within a segment', { path: '/{a}-{b}' }, [], ['/a-b', '/a']],
    ['takes no literal for a pattern', { path: '/a*' }, [], ['/a*', '/ab']],
    ['cannot ask guardrails', { path: '/a', conditions: ['g'] }, [], ['/a']],
    ['cannot ask for two paths', { path: '/a', also: ['/{x}'] }, [], ['/a']],
    [
      'cannot leave out what has too many spellings behind a parameter',
      { path: '/{a}/{b}', except: ['/{a}/recommendations'] },
      [],
      ['/a/b', '/a/recommendations'],
    ],
  ])('%s', (_, rule, letIn, keptOut) => {
    const { lets, denied } = allowed(rule);
    expect(letIn.filter((path) => !lets(path))).toEqual([]);
    expect(keptOut.filter(lets)).toEqual([]);
    expect(denied.length > 0).toBe(letIn.length === 0 || letIn.includes('/orders/recent'));
  });

  it.each(ASKED)('lets in what %s does, but for what its notices name', (_, arbitraryAsked) => {
    const seen = { same: 0, told: 0, refused: 0 };
    fc.assert(
      fc.property(arbitraryAsked(QUESTIONS), (asked) => {
        const { policy, rules, questions, allows } = asked;
        const { files, notices } = compileIstio(rules, contextFor(policy));
        const istio = new Istio(files);
        for (const question of questions) {
          const want = allows(question);
          const got = ask(istio, policy, question);
          if (got === want) seen.same++;
          else if (!got && normalized(question.path) === undefined) seen.refused++;
          else if (got && isPassedOn(asked, question)) seen.refused++;
          else if (!got && isToldDenied(notices, policy, question)) seen.told++;
          else expect({ question, got }).toEqual({ question, got: want });
        }
      }),
      { numRuns: POLICIES },
    );
    expect(seen.same).toBeGreaterThan(0.8 * POLICIES * QUESTIONS);
  });
});

function ask(istio: Istio, { services }: Policy, question: Question): boolean {
  const { caller, proof, protocol, method, path, service } = question;
  const [pod] = workloadsFor(services.filter(({ id }) => id === service));
  const wire = normalized(path);
  if (!pod || protocol !== 'http' || wire === undefined) return false;
  const principal = proof === undefined ? undefined : caller?.slice('spiffe://'.length);
  return istio.lets({ principal, method, path: wire }, pod);
}

/** What the general notices say: Envoy normalises paths, and passes on `;` and odd methods. Taken as any other character,
 *  `;` must be let in by the rules. */
function isPassedOn({ allows }: Asked, question: Question): boolean {
  if (typeof toWireMethod(question.method) !== 'string') return true;
  if (typeof toWirePath(question.path) === 'string') return false;
  const path = (normalized(question.path) ?? '').replaceAll(';', '%3B');
  return typeof toWirePath(path) !== 'string' || allows({ ...question, path });
}
