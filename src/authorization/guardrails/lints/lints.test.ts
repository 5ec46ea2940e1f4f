import { describe, expect, it } from 'vitest';
import type { Policy, PolicyEndpoint, PolicyService } from '../../model/index.ts';
import { sampleEndpoint, sampleGrant, sampleService } from '../../testing/samples.ts';
import { readGuardrails } from '../language/index.ts';
import { lintGuardrails } from './index.ts';

const service = (name: string, more: Partial<PolicyService> = {}) =>
  sampleService(`production/shop/${name}`, { owner: `team-${name}`, ...more });

const endpoint = (operation: string, change: Partial<PolicyEndpoint> = {}) =>
  sampleEndpoint('production/shop/payments', operation, change);

const grant = (operation: string, line: number) =>
  sampleGrant('production/shop/orders', 'production/shop/payments', operation, line, 9);

function lint(text: string, operations: readonly string[] = [], groups: readonly string[] = []) {
  const { guardrails } = readGuardrails([{ path: 'g.cedar', text }]);
  expect(guardrails.map(({ problem }) => problem)).toEqual(guardrails.map(() => undefined));
  const policy: Policy = {
    services: [service('orders', { groups: ['checkout'] }), service('payments')],
    endpoints: [
      endpoint('GET /v1/charges/{id}'),
      endpoint('POST /v1/cards', { sensitivity: ['pci'] }),
      endpoint('GET /v1/old', { deprecated: true }),
    ],
    grants: operations.map((operation, index) => grant(operation, index + 1)),
    guardrails,
  };
  return lintGuardrails(policy, groups);
}

const forbid = (scope: string, condition = '') =>
  `forbid(${scope})${condition === '' ? '' : ` when { ${condition} }`};`;
const ALL = 'principal, action, resource';

describe('names that nothing has are reported where they are written', () => {
  it.each([
    ['Team', 'team-ordes', 'team-orders', 'team'],
    ['Service', 'production/shop/payment', 'production/shop/payments', 'service'],
    ['Environment', 'prodction', 'production', 'environment'],
    ['Namespace', 'production/shp', 'production/shop', 'namespace'],
    ['Group', 'chekout', 'checkout', 'group'],
  ])('%s %s', (type, wrong, right, word) => {
    const [first, ...others] = lint(
      `// Über\n  ${forbid(`principal in\n Reeve::${type}::"${wrong}", action, resource`)}`,
    );
    expect(others).toEqual([]);
    expect(first).toEqual({
      severity: 'warning',
      code: 'guardrail/name-not-found',
      message: `There is no ${word} \`${wrong}\``,
      hint: `did you mean \`${right}\`?`,
      file: 'g.cedar',
      line: 3,
      column: 11 + type.length,
    });
  });

  it('in conditions and of endpoints, too', () => {
    const text = forbid(
      ALL,
      'resource == Reeve::Endpoint::"production/shop/payments http POST /v1/card"',
    );
    expect(lint(text)).toMatchObject([
      {
        message: 'There is no endpoint `production/shop/payments http POST /v1/card`',
        hint: 'did you mean `production/shop/payments http POST /v1/cards`?',
        line: 1,
        column: text.indexOf('"') + 1,
      },
    ]);
  });

  it('but not of endpoints that only grants know, of unknown ones, and of groups without services', () => {
    const ids = ['http GET /v2/x', 'unknown'].map(
      (end) => `resource == Reeve::Endpoint::"production/shop/payments ${end}"`,
    );
    const text = forbid(ALL, `${ids.join(' || ')} || principal in Reeve::Group::"empty"`);
    expect(lint(text, ['GET /v2/x'], ['empty']).map(({ code }) => code)).toEqual([
      'guardrail/forbids-declared',
    ]);
  });
});

describe('a guardrail is reported that', () => {
  it.each([
    ['is about no caller', forbid(ALL, 'principal.kind == "external"'), /as a caller/],
    [
      'is about nothing to call',
      forbid(ALL, 'resource.service.exposure == "internet"'),
      /nothing that there is to call/,
    ],
    [
      'is about a group without services',
      forbid('principal in Reeve::Group::"empty", action, resource'),
      /as a caller/,
    ],
  ])('%s', (_name, text, message) => {
    expect(lint(text, [], ['empty'])).toMatchObject([
      { code: 'guardrail/never-matches', message: expect.stringMatching(message), line: 1 },
    ]);
  });

  it('repeats another, whatever its annotations and spaces', () => {
    const text = `@id("a")${forbid(ALL, 'resource.deprecated')}\n@id("b") ${forbid(ALL, ' resource . deprecated')}`;
    expect(lint(text)).toMatchObject([
      { code: 'guardrail/repeats', message: expect.stringContaining('`a` (g.cedar:1)'), line: 2 },
    ]);
  });

  it('says less than another', () => {
    const narrow = forbid(
      'principal == Reeve::Service::"production/shop/orders", action, resource',
      'resource.deprecated } when { resource.known',
    );
    const text = `${narrow}\n@id("wide")${forbid(ALL, 'resource.deprecated')}`;
    expect(lint(text)).toMatchObject([
      {
        code: 'guardrail/shadowed',
        message: expect.stringContaining('`wide` (g.cedar:2)'),
        line: 1,
      },
    ]);
  });

  it('forbids no declared call that another does not', () => {
    const text = `@id("pci")${forbid(ALL, 'resource.sensitivity.contains("pci")')}
@id("writes")${forbid(ALL, 'context.method != "GET"')}`;
    expect(lint(text, ['POST /v1/cards', 'POST /v1/other'])).toMatchObject([
      { severity: 'note', code: 'guardrail/contained', line: 1 },
      { code: 'guardrail/forbids-declared' },
      { code: 'guardrail/forbids-declared' },
    ]);
  });

  it('is none of this: nothing', () => {
    expect(lint(forbid(ALL, 'resource.sensitivity.contains("pci")'), ['GET /v1/**'])).toEqual([]);
  });
});

describe('a declared call that is always forbidden is reported at its line', () => {
  const text = `@id("pci")@reason("Cards are not for all.")${forbid(ALL, 'resource.sensitivity.contains("pci")')}`;

  it('with the guardrail and its reason', () => {
    expect(lint(text, ['GET /v1/charges/{id}', 'POST /v1/cards'])).toEqual([
      {
        severity: 'warning',
        code: 'guardrail/forbids-declared',
        message:
          'This call from `production/shop/orders` to `production/shop/payments` is declared, and the guardrail `pci` always forbids it: Cards are not for all.',
        hint: 'take it out of the declaration, or have the guardrail let it through',
        file: 'orders/reeve.yaml',
        line: 2,
        column: 9,
      },
    ]);
  });

  it('but not where some of what it covers is let through', () => {
    expect(lint(text, ['POST /v1/**', '*'])).toEqual([]);
  });

  it('but not where it depends on the request', () => {
    expect(lint(forbid(ALL, 'context.proof == "token"'), ['POST /v1/cards'])).toEqual([]);
  });
});

it('a look at very many declared calls ends somewhere', () => {
  const { guardrails } = readGuardrails([{ path: 'g.cedar', text: forbid(ALL) }]);
  const policy: Policy = {
    services: [service('orders'), service('payments')],
    endpoints: Array.from({ length: 1_000 }, (_, index) => endpoint(`GET /v1/${index}`)),
    grants: Array.from({ length: 250 }, (_, index) => grant('*', index + 1)),
    guardrails,
  };
  const found = lintGuardrails(policy).filter(({ code }) => code === 'guardrail/forbids-declared');
  expect(found).toHaveLength(200);
});
