import { describe, expect, it } from 'vitest';
import type { GuardContext, GuardedCall, Guardrail } from '../../model/index.ts';
import { sampleEndpoint, sampleService } from '../../testing/samples.ts';
import { readGuardrails } from '../language/index.ts';
import { CedarJudge } from './index.ts';

const ORDERS = sampleService('production/shop/orders', { owner: 'team-orders' });
const PAYMENTS = sampleService('production/shop/payments', { sensitivity: ['pci'] });
const CHARGE: GuardedCall = {
  caller: ORDERS,
  callee: PAYMENTS,
  endpoint: sampleEndpoint(PAYMENTS.id, 'POST /v1/charges'),
};
const BELOW_WILDCARD: GuardedCall = { ...CHARGE, endpoint: undefined };
const CONTEXT: GuardContext = {
  proof: 'mtls',
  protocol: 'http',
  method: 'POST',
  path: '/v1/charges',
};

const when = (condition: string, id?: string) =>
  `${id === undefined ? '' : `@id("${id}")@reason("Because of ${id}.")`}forbid(principal, action, resource) when { ${condition} };`;

function judgeOf(...texts: string[]): CedarJudge {
  const { guardrails } = readGuardrails([{ path: 'g.cedar', text: texts.join('\n') }]);
  return new CedarJudge(guardrails);
}

const ANYTHING = {
  effect: 'forbid',
  principal: { op: 'All' },
  action: { op: 'All' },
  resource: { op: 'All' },
};
const attribute = (variable: string, attr: string) => ({ '.': { left: { Var: variable }, attr } });

function ofJson(json: unknown): CedarJudge {
  const guardrail = { id: 'g', reason: undefined, file: 'g', line: 1, text: '' };
  return new CedarJudge([{ ...guardrail, json: json as Guardrail['json'] }]);
}

const FAILS = '9007199254740991 * 9007199254740991 > 1';

describe('a judge', () => {
  it('without guardrails clears everything', () => {
    expect(judgeOf().judge(CHARGE, CONTEXT)).toEqual({ kind: 'clear' });
    expect(judgeOf().standing(CHARGE)).toEqual({ kind: 'clear' });
  });

  it('tells the first by id that forbids, with its reason, in whatever order they come', () => {
    const texts = [when('true', 'b'), when('true', 'a'), when('false', 'aa')];
    const wanted = { kind: 'forbids', id: 'a', reason: 'Because of a.' };
    expect(judgeOf(...texts).judge(CHARGE, CONTEXT)).toEqual(wanted);
    expect(judgeOf(...texts.toReversed()).standing(CHARGE)).toEqual(wanted);
  });

  it('tells a failure before what forbids', () => {
    const verdict = judgeOf(when('true', 'a'), when(FAILS, 'z')).judge(CHARGE, CONTEXT);
    expect(verdict).toEqual({
      kind: 'failed',
      id: 'z',
      problem: 'a number went beyond 64 bits',
    });
  });

  it('does not evaluate what comes behind a false operand, or outside the scope', () => {
    const elsewhere = `forbid(principal in Reeve::Team::"other", action, resource) when { ${FAILS} };`;
    const judge = judgeOf(when(`false && ${FAILS}`), when(`!(true || ${FAILS})`), elsewhere);
    expect(judge.standing(CHARGE)).toEqual({ kind: 'clear' });
  });

  it('denies by a guardrail that cannot be used', () => {
    const verdict = judgeOf(when('principal.nothing == "x"')).standing(CHARGE);
    expect(verdict).toEqual({
      kind: 'failed',
      id: 'g.cedar#1',
      problem: 'Attribute `nothing` on entity type `Reeve::Service` not found',
    });
  });

  it('sees below wildcards what the service has, and method and path of the request', () => {
    const judge = judgeOf(
      when(
        '!resource.known && resource.sensitivity.contains("pci") && resource.method == "DELETE"',
      ),
    );
    expect(judge.judge(BELOW_WILDCARD, { ...CONTEXT, method: 'DELETE' }).kind).toBe('forbids');
    expect(judge.judge(BELOW_WILDCARD, CONTEXT).kind).toBe('clear');
    expect(judge.standing(BELOW_WILDCARD).kind).toBe('depends');
    expect(judge.standing(CHARGE).kind).toBe('clear');
  });
});

describe('what stands for every request', () => {
  it.each([
    ['looks at the request', 'context.path == "/"', { kind: 'depends', ids: ['g'] }],
    ['is false for this caller', 'context.path == "/" && principal.name == "x"', { kind: 'clear' }],
    ['is true for this caller', 'context.path == "/" || principal.name == "orders"', 'forbids'],
    ['may fail only with some requests', `context.path == "/" && ${FAILS}`, 'depends'],
    ['fails with every request', `${FAILS} && context.path == "/"`, 'failed'],
    ['asks whether there is a path', 'context has path', 'forbids'],
    ['asks for what no request has', 'context has nothing', { kind: 'clear' }],
  ])('where a guardrail %s', (_name, condition, wanted) => {
    const verdict = judgeOf(when(condition, 'g')).standing(CHARGE);
    if (typeof wanted === 'string') expect(verdict.kind).toBe(wanted);
    else expect(verdict).toEqual(wanted);
  });

  it('depends where a guardrail fails only for who is behind it', () => {
    const judge = judgeOf(
      when('principal has owner || context.path == "/" || true'),
      `@id("raw") forbid(principal, action, resource) when { context.path == "/" };`,
    );
    expect(judge.standing(CHARGE)).toMatchObject({ denies: true });
    const unguarded: Guardrail['json'] = {
      ...ANYTHING,
      conditions: [
        {
          kind: 'when',
          body: {
            '&&': {
              left: {
                '==': {
                  left: attribute('context', 'path'),
                  right: attribute('principal', 'owner'),
                },
              },
              right: { Value: false },
            },
          },
        },
      ],
    };
    const call = { ...CHARGE, caller: PAYMENTS };
    expect(ofJson(unguarded).standing(call)).toEqual({ kind: 'depends', ids: ['g'] });
    expect(ofJson(unguarded).judge(call, CONTEXT)).toMatchObject({ kind: 'failed' });
  });

  it('takes the callee for what it is where a policy from elsewhere names it', () => {
    const left = { Value: { __entity: { type: 'Reeve::Service', id: PAYMENTS.id } } };
    const body = { has: { left, attr: 'sensitivity' } };
    const judge = ofJson({ ...ANYTHING, conditions: [{ kind: 'when', body }] });
    expect(judge.standing(CHARGE).kind).toBe('forbids');
    expect(judge.standing({ ...CHARGE, callee: ORDERS }).kind).toBe('clear');
  });

  it('takes what is given', () => {
    const judge = judgeOf(when('context.method == "DELETE" && context.protocol == "http"'));
    expect(judge.standing(CHARGE, { method: 'DELETE' }).kind).toBe('depends');
    expect(judge.standing(CHARGE, { method: 'POST' }).kind).toBe('clear');
    expect(judge.standing(CHARGE, { method: 'DELETE', protocol: 'http' }).kind).toBe('forbids');
  });

  it('says so where all is denied, and only the guardrail that is told depends', () => {
    const judge = judgeOf(when('true', 'z'), when('context.path == "/"', 'a'));
    expect(judge.standing(CHARGE)).toEqual({ kind: 'depends', ids: ['a', 'z'], denies: true });
    expect(judge.judge(CHARGE, CONTEXT)).toMatchObject({ id: 'z' });
    expect(judge.judge(CHARGE, { ...CONTEXT, path: '/' })).toMatchObject({ id: 'a' });
  });
});

/** Policies as they might come over a wire, none of which is one. */
const UNUSABLE: readonly (readonly [string, Record<string, unknown> | string])[] = [
  ['nothing', {}],
  ['a text', 'forbid'],
  ['another effect', { effect: 'permit' }],
  ['an unknown member', { extra: 1 }],
  ['a slot', { principal: { op: '==', slot: '?principal' } }],
  ['an unknown scope', { principal: { op: '!=' } }],
  ['a scope of its prototype', { principal: { op: 'toString' } }],
  ['an unknown expression', { conditions: [{ kind: 'when', body: { toString: {} } }] }],
  ['an extension', { conditions: [{ kind: 'when', body: { ip: [{ Value: '::' }] } }] }],
  ['two kinds at once', { conditions: [{ kind: 'when', body: { Value: true, Var: 'action' } }] }],
  ['an unknown variable', { conditions: [{ kind: 'when', body: { Var: 'toString' } }] }],
  ['an unknown condition', { conditions: [{ kind: 'if', body: { Value: true } }] }],
  ['a fraction', { conditions: [{ kind: 'when', body: { Value: 0.5 } }] }],
  ['a huge number', { conditions: [{ kind: 'when', body: { Value: 2 ** 60 } }] }],
  ['null', { conditions: [{ kind: 'when', body: { Value: null } }] }],
  ['depth in a literal', { conditions: [{ kind: 'when', body: { Value: nestedList(5_000) } }] }],
  ['depth', { conditions: [{ kind: 'when', body: nested(300) }] }],
];

function nestedList(depth: number): unknown {
  let list: unknown = [];
  for (let i = 0; i < depth; i++) list = [list];
  return list;
}

function nested(depth: number): unknown {
  let body: unknown = { Value: true };
  for (let i = 0; i < depth; i++) body = { '!': { arg: body } };
  return body;
}

describe('a policy denies that has', () => {
  const valid = { ...ANYTHING, conditions: [{ kind: 'when', body: { Value: false } }] };
  const judge = (json: unknown) => ofJson(json).standing(CHARGE);

  it('nothing wrong: it does not', () => {
    expect(judge(valid)).toEqual({ kind: 'clear' });
  });

  it.each(UNUSABLE)('%s', (name, change) => {
    const isWhole = name === 'nothing' || typeof change === 'string';
    const verdict = judge(isWhole ? change : { ...valid, ...change });
    expect(verdict).toMatchObject({ kind: 'failed', id: 'g', problem: expect.any(String) });
  });
});
