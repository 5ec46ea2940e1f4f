import fc from 'fast-check';
import { expect, it } from 'vitest';
import { arbitraryTemplate } from '../../engine/testing/index.ts';
import { loadCedar } from '../../guardrails/language/index.ts';
import { matchesExactly, parsePattern } from '../../operations/index.ts';
import { pathCondition } from './below-wildcards.ts';

const segment = fc.constantFrom('a', 'b', 'A', 'aa', 'v1', '*', 'x*', '"', '%20', 'x.json');
const path = fc.array(segment, { maxLength: 4 }).map((segments) => `/${segments.join('/')}`);

function asCedarHasIt(conditions: readonly string[], asked: string): boolean {
  const when = conditions.map((condition) => `when { ${condition} }`).join(' ');
  const someone = { type: 'Some', id: 'one' };
  const answer = loadCedar().isAuthorized({
    principal: someone,
    action: someone,
    resource: someone,
    context: { path: asked },
    policies: { staticPolicies: { one: `permit(principal, action, resource) ${when};` } },
    entities: [],
  });
  if (answer.type === 'failure') throw new Error(JSON.stringify(answer.errors));
  expect(answer.response.diagnostics.errors).toEqual([]);
  return answer.response.decision === 'allow';
}

it.each([
  ['/*', '/', false],
  ['/*', '/a', true],
  ['/*', '/a/b', false],
  ['/**', '/', true],
  ['/*/**', '/', false],
  ['/*/**', '/a/b', true],
  ['/v1/**', '/v1', true],
  ['/v1/**', '/v1x', false],
  ['/v1/*/b', '/v1/a/b', true],
  ['/v1/*/b', '/v1/a/a/b', false],
  ['/v1/*/{rest...}', '/v1/a', false],
  ['/v1/*/{rest...}', '/v1/a/b/c', true],
  ['/a%2Ab/*', '/axb/c', false],
])('%s takes %s: %s', (template, asked, wanted) => {
  const pattern = parsePattern(template);
  expect(asCedarHasIt((pattern && pathCondition(pattern)) ?? ['false'], asked)).toBe(wanted);
});

it('is said exactly, or not at all', () => {
  let said = 0;
  fc.assert(
    fc.property(arbitraryTemplate(true), path, (template, asked) => {
      const pattern = parsePattern(template);
      fc.pre(pattern !== undefined);
      const conditions = pathCondition(pattern);
      if (conditions === undefined) return;
      said++;
      expect(asCedarHasIt(conditions, asked)).toBe(matchesExactly(pattern, asked));
    }),
    { numRuns: 1_000 },
  );
  expect(said).toBeGreaterThan(300);
});
