import { describe, expect, it } from 'vitest';
import { check } from '../check.ts';
import { DEFAULT_CHECK_OPTIONS, type State, type Violation } from '../model.ts';
import {
  forbidsCallsOf,
  guardrail,
  idOf,
  permission,
  route,
  type Said,
  sourceOf,
  stateOf,
} from '../testing/states.ts';
import { RULES } from './index.ts';

/** A shop that breaks no rule: web calls orders, orders calls payments, reviews calls nobody. */
const SHOP = {
  services: {
    web: { exposure: 'internet', criticality: 'high' },
    orders: { criticality: 'high' },
    payments: { criticality: 'critical' },
    reviews: { criticality: 'low' },
  },
  endpoints: [
    'orders GET /orders/{id}',
    'orders POST /orders',
    'payments POST /charges #pci',
    'payments GET /charges/{id} #pci',
    'payments GET /healthz',
    'reviews GET /reviews',
  ],
  grants: ['web orders POST /orders', 'orders payments POST /charges'],
} as const satisfies Said;

const base = stateOf(SHOP);

function broken(head: State, from: State = base, options = {}): Violation[] {
  return check(from, head, { ...DEFAULT_CHECK_OPTIONS, ...options }).violations.filter(
    ({ severity }) => severity !== 'info',
  );
}
const ids = (violations: readonly Violation[]) => [...new Set(violations.map(({ rule }) => rule))];
const withGrants = (...grants: string[]) =>
  stateOf({ ...SHOP, grants: [...SHOP.grants, ...grants] });
const withServices = (services: Said['services']) =>
  stateOf({ ...SHOP, services: { ...SHOP.services, ...services } });
const paymentsWith = (said: NonNullable<Said['services']>[string]) =>
  withServices({ payments: { ...SHOP.services.payments, ...said } });
const strict = {
  mesh: 'istio',
  inbound: 'strict',
  because: 'PeerAuthentication shop/default STRICT',
} as const;

interface Case {
  readonly rule: string;
  readonly what: string;
  readonly base?: State;
  readonly head: State;
  readonly message: RegExp;
  readonly reaches?: readonly string[];
  readonly place?: string;
  readonly severity?: Violation['severity'];
}

const aboutGroup = (group: string, kind: 'when' | 'unless') =>
  guardrail(group, {
    effect: 'forbid',
    principal: { op: 'All' },
    action: { op: 'All' },
    resource: { op: 'All' },
    conditions: [
      {
        kind,
        body: {
          in: {
            left: { Var: 'principal' },
            right: { Value: { __entity: { type: 'Reeve::Group', id: group } } },
          },
        },
      },
    ],
  });
const onlyTrusted = aboutGroup('trusted', 'unless');
const notUntrusted = aboutGroup('untrusted', 'when');

const CASES: readonly Case[] = [
  {
    rule: 'check/wildcard-path',
    what: 'a call with a wildcard is declared',
    head: withGrants('reviews orders GET /**'),
    message: /^reviews declares `GET \/\*\*` of orders/,
    reaches: ['GET /orders/{id} of orders', 'GET /** of orders'],
    place: 'reviews/reeve.yaml:12',
  },
  {
    rule: 'check/wildcard-path',
    what: 'every operation is declared',
    head: withGrants('reviews orders *'),
    message: /^reviews declares every operation of orders/,
  },
  {
    rule: 'check/wildcard-path',
    what: 'a policy lets a caller in to everything',
    base: paymentsWith({ permissions: [permission([idOf('orders')], ['POST /charges'])] }),
    head: paymentsWith({ permissions: [permission([idOf('orders')], ['*'])] }),
    message: /lets orders in to every operation of payments/,
    place: 'payments/k8s.yaml:40',
  },
  {
    rule: 'check/any-to-any',
    what: 'a policy lets everyone in to everything',
    base: paymentsWith({ permissions: [permission([idOf('orders')], ['POST /charges'])] }),
    head: paymentsWith({ permissions: [permission(['*'], ['*'])] }),
    message: /every caller, with an identity or without may ask payments for every operation/,
  },
  {
    rule: 'check/any-to-any',
    what: 'the last policy is gone',
    base: paymentsWith({ permissions: [permission([idOf('orders')], ['POST /charges'])] }),
    head: paymentsWith({ permissions: [permission(['*'], ['*'], { policy: 'default' })] }),
    message: /no policy restricts callers any more/,
    place: 'payments/k8s.yaml:40 base',
  },
  {
    rule: 'check/wildcard-principal',
    what: 'a policy lets every workload with an identity in',
    base: paymentsWith({ permissions: [permission([idOf('orders')], ['POST /charges'])] }),
    head: paymentsWith({ permissions: [permission(['*authenticated'], ['POST /charges'])] }),
    message: /every workload with an identity may ask payments for POST \/charges/,
  },
  {
    rule: 'check/whole-namespace',
    what: 'a policy trusts a namespace',
    base: paymentsWith({ permissions: [permission([idOf('orders')], ['POST /charges'])] }),
    head: paymentsWith({ permissions: [permission(['shop/*'], ['POST /charges'])] }),
    message: /every workload of namespace shop may ask payments for POST \/charges/,
  },
  {
    rule: 'check/sensitive-path',
    what: 'a service of less criticality calls the holder of data',
    head: withGrants('reviews payments GET /charges/{id}'),
    message:
      /from reviews, less critical than payments, to pci data of payments: reviews → payments/,
    reaches: ['GET /charges/{id} of payments'],
  },
  {
    rule: 'check/sensitive-path',
    what: 'a grant of every method touches the data of what takes every method',
    head: stateOf({
      ...SHOP,
      endpoints: ['payments ANY /charges #pci'],
      grants: ['reviews payments ANY /charges'],
    }),
    message: /from reviews, less critical than payments, to pci data of payments/,
  },
  {
    rule: 'check/sensitive-path',
    what: 'a service of less criticality gets there through others',
    head: withGrants('reviews orders GET /orders/{id}'),
    message:
      /from reviews, less critical than payments, to pci data of payments: reviews → orders → payments/,
  },
  {
    rule: 'check/sensitive-path',
    what: 'what is on the internet gets there by two new calls',
    base: stateOf({ ...SHOP, grants: ['reviews orders POST /orders'] }),
    head: stateOf({
      ...SHOP,
      grants: [
        'reviews orders POST /orders',
        'web reviews GET /reviews',
        'orders payments POST /charges',
      ],
    }),
    message:
      /^a new path leads from web, which is on the internet, to pci data of payments: web → reviews → orders → payments; and from /,
  },
  {
    rule: 'check/internet-exposure',
    what: 'a service gets a route from the internet',
    head: paymentsWith({ routes: [route('/charges')] }),
    message: /^the internet newly reaches payments: \/charges and below at shop.example.com/,
    reaches: ['GET /charges/{id} of payments', 'POST /charges of payments'],
    place: 'web/k8s.yaml:70',
  },
  {
    rule: 'check/internet-exposure',
    what: 'a route no longer demands a token',
    base: paymentsWith({ routes: [route('/charges', { authentication: ['jwt'] })] }),
    head: paymentsWith({ routes: [route('/charges')] }),
    message: /the internet newly reaches more of payments/,
  },
  {
    rule: 'check/undeclared-call',
    what: 'code calls what is not declared',
    head: stateOf({
      ...SHOP,
      rest: {
        calls: [
          {
            from: idOf('reviews'),
            to: idOf('orders'),
            operation: 'GET /orders/{id}',
            sources: [
              { reader: 'express', how: 'implemented', file: 'reviews/server.ts', line: 7 },
            ],
          },
        ],
      },
    }),
    message: /^reviews calls GET \/orders\/{id} of orders \(in its code\), which its declaration/,
    place: 'reviews/server.ts:7',
  },
  {
    rule: 'check/mtls-permissive',
    what: 'mutual TLS becomes permissive',
    base: paymentsWith({ postures: [strict] }),
    head: paymentsWith({ postures: [{ ...strict, inbound: 'permissive' }] }),
    message: /^plain text is newly let in to payments/,
  },
  {
    rule: 'check/mtls-permissive',
    what: 'nothing demands mutual TLS any more',
    base: paymentsWith({ postures: [strict] }),
    head: paymentsWith({ postures: [] }),
    message: /^plain text is newly let in to payments/,
  },
  {
    rule: 'check/mtls-disabled',
    what: 'one port leaves mutual TLS',
    base: paymentsWith({ postures: [strict] }),
    head: paymentsWith({ postures: [strict, { ...strict, inbound: 'disabled', port: 9090 }] }),
    message: /^mutual TLS is switched off for payments/,
  },
  {
    rule: 'check/credential-unowned',
    what: 'a credential comes without an owner',
    head: stateOf({ ...SHOP, rest: { credentials: [credential(null)] } }),
    message: /^nobody is named as the owner of password db, which is new and used by orders/,
    place: 'orders/k8s.yaml:3',
  },
  {
    rule: 'check/credential-unowned',
    what: 'a credential loses its owner',
    base: stateOf({ ...SHOP, rest: { credentials: [credential('team-orders')] } }),
    head: stateOf({ ...SHOP, rest: { credentials: [credential(null)] } }),
    message: /^nobody is named as the owner of db any more/,
  },
  {
    rule: 'check/guardrail-forbids',
    what: 'a guardrail forbids what is newly declared',
    base: stateOf({
      ...SHOP,
      guardrails: [guardrail('calm', forbidsCallsOf('reviews'), { reason: 'reviews call nobody' })],
    }),
    head: stateOf({
      ...SHOP,
      grants: [...SHOP.grants, 'reviews orders GET /orders/{id}'],
      guardrails: [guardrail('calm', forbidsCallsOf('reviews'), { reason: 'reviews call nobody' })],
    }),
    message:
      /^reviews declares GET \/orders\/{id} of orders, which guardrail calm forbids: reviews call nobody/,
    place: 'reviews/reeve.yaml:12',
  },
  {
    rule: 'check/guardrail-unusable',
    what: 'a guardrail is no Cedar',
    head: stateOf({
      ...SHOP,
      guardrails: [guardrail('broken', undefined, { problem: 'unexpected token' })],
    }),
    message: /^guardrail broken cannot be used, so every call is denied: unexpected token/,
    place: 'policies/all.cedar:3',
  },
  {
    rule: 'check/guardrail-removed',
    what: 'a guardrail is gone',
    base: stateOf({
      ...SHOP,
      grants: [...SHOP.grants, 'reviews orders GET /orders/{id}'],
      guardrails: [guardrail('calm', forbidsCallsOf('reviews'))],
    }),
    head: withGrants('reviews orders GET /orders/{id}'),
    message: /^guardrail calm is gone/,
    reaches: ['GET /orders/{id} of orders, by reviews'],
    place: 'policies/all.cedar:3 base',
  },
  {
    rule: 'check/enforcement-off',
    what: 'a service only logs what it denies',
    head: paymentsWith({ mode: 'shadow' }),
    message: /^payments no longer enforces what is allowed/,
  },
  {
    rule: 'check/group-trust',
    what: 'a service comes into a group',
    base: stateOf({ ...SHOP, guardrails: [onlyTrusted] }),
    head: stateOf({
      ...SHOP,
      services: { ...SHOP.services, reviews: { ...SHOP.services.reviews, groups: ['trusted'] } },
      guardrails: [onlyTrusted],
    }),
    message: /^reviews is newly in the group trusted/,
    reaches: [],
    severity: 'low',
  },
  {
    rule: 'check/group-trust',
    what: 'a service comes into a group, and guardrails let it through for that',
    base: stateOf({ ...SHOP, guardrails: [onlyTrusted] }),
    head: stateOf({
      ...SHOP,
      services: { ...SHOP.services, web: { ...SHOP.services.web, groups: ['trusted'] } },
      guardrails: [onlyTrusted],
    }),
    message: /^web is newly in the group trusted/,
    reaches: ['POST /orders of orders'],
    severity: 'high',
  },
  {
    rule: 'check/group-trust',
    what: 'a service leaves a group for which guardrails forbade its calls',
    base: stateOf({
      ...SHOP,
      services: { ...SHOP.services, web: { ...SHOP.services.web, groups: ['untrusted'] } },
      guardrails: [notUntrusted],
    }),
    head: stateOf({ ...SHOP, guardrails: [notUntrusted] }),
    message: /^web is no longer in the group untrusted/,
    reaches: ['POST /orders of orders'],
    severity: 'high',
  },
  {
    rule: 'check/unreadable',
    what: 'a file can no longer be read',
    head: stateOf({
      ...SHOP,
      rest: {
        diagnostics: [
          {
            severity: 'error',
            code: 'yaml/malformed',
            message: 'a colon is missing',
            file: 'web/k8s.yaml',
            line: 4,
          },
        ],
      },
    }),
    message: /^web\/k8s.yaml can no longer be read as a whole: a colon is missing/,
    place: 'web/k8s.yaml:4',
  },
];

function credential(owner: string | null) {
  return {
    id: 'default/cred-1',
    name: 'db',
    kind: 'password',
    services: [idOf('orders')],
    owner,
    locations: [{ file: 'orders/k8s.yaml', line: 3, in: 'env' as const }],
    fingerprint: null,
  };
}

describe('the rules of a check', () => {
  it.each(CASES)(
    '$rule is broken where $what',
    ({ rule, base: from = base, head, message, reaches, place, severity }) => {
      const found = broken(head, from).filter((one) => one.rule === rule);
      expect(found.map(({ message: text }) => text)).toEqual([expect.stringMatching(message)]);
      const [first] = found;
      if (reaches) expect(first?.newlyReaches).toEqual(reaches);
      if (severity) expect(first?.severity).toBe(severity);
      if (place) {
        const { file, line, state } = first?.place ?? {};
        expect(`${file}:${line}${state === 'base' ? ' base' : ''}`).toBe(place);
      }
    },
  );

  it.each(CASES.filter(({ rule }) => rule !== 'check/guardrail-unusable'))(
    '$rule is not broken once more where $what already',
    ({ head, rule }) => {
      expect(ids(broken(head, head))).not.toContain(rule);
    },
  );

  it('have a case each', () => {
    const tried = new Set([
      ...CASES.map(({ rule }) => rule),
      'check/blast-radius',
      'check/new-reach',
      // beside waivers
      'check/waiver-expired',
    ]);
    expect(RULES.map(({ id }) => id).filter((id) => !tried.has(id))).toEqual([]);
  });

  it('say what to do, in a sentence without a full stop', () => {
    for (const { remedy, title, id } of RULES) {
      expect(`${id} ${remedy} ${title}`).toMatch(/^check\/[a-z-]+ .*[^.]$/);
    }
  });

  it('are not broken by a change of nothing', () => {
    expect(check(base, base, DEFAULT_CHECK_OPTIONS)).toEqual({
      violations: [],
      changes: [],
      unchanged: 0,
    });
  });

  it('are not broken by an exact call to what is not sensitive', () => {
    expect(broken(withGrants('orders reviews GET /reviews'))).toEqual([]);
  });

  it('are not broken by calling what a holder of data offers without the data', () => {
    expect(ids(broken(withGrants('reviews payments GET /healthz')))).toEqual([]);
  });

  it('are not broken by a wildcard that stands in the place of a wider one', () => {
    expect(
      broken(withGrants('reviews orders GET /orders/*'), withGrants('reviews orders *')),
    ).toEqual([]);
  });
});

describe('the blast radius', () => {
  const names = Array.from({ length: 12 }, (_, index) => `s${index}`);
  const wide = (...grants: string[]) =>
    stateOf({
      services: Object.fromEntries(['hub', 'caller', ...names].map((name) => [name, {}])),
      endpoints: ['hub', ...names].map((name) => `${name} GET /`),
      grants: [...names.map((name) => `hub ${name} GET /`), ...grants],
    });

  it('is told where it grows by more than the bound, through others', () => {
    const found = broken(wide('caller hub GET /'), wide());
    expect(ids(found)).toEqual(['check/blast-radius']);
    expect(found[0]?.message).toMatch(/^caller reaches 13 services instead of 0/);
  });

  it('is not told within the bound', () => {
    expect(broken(wide('caller hub GET /'), wide(), { maxBlast: 13 })).toEqual([]);
  });
});

describe('what is new', () => {
  const newReach = (head: State, from = base) =>
    check(from, head, DEFAULT_CHECK_OPTIONS).violations.filter(
      ({ rule }) => rule === 'check/new-reach',
    );

  it('is told on its line, operation by operation', () => {
    const [one] = newReach(withGrants('orders reviews GET /reviews'));
    expect(one).toMatchObject({
      severity: 'info',
      message: 'orders newly reaches GET /reviews of reviews',
      newlyReaches: ['GET /reviews of reviews'],
      place: { state: 'head', file: 'orders/reeve.yaml', line: 12 },
    });
  });

  it('is not told where something is wrong with the same line', () => {
    expect(newReach(withGrants('reviews orders GET /**'))).toEqual([]);
  });

  it('leaves out an endpoint that comes below a wildcard that was there', () => {
    const before = withGrants('reviews orders GET /**');
    const after = stateOf({
      ...SHOP,
      endpoints: [...SHOP.endpoints, 'orders GET /new'],
      grants: [...SHOP.grants, 'reviews orders GET /**'],
    });
    expect(newReach(after, before)).toEqual([]);
  });

  it('names the guardrail that let it through since', () => {
    const declared = { ...SHOP, grants: [...SHOP.grants, 'reviews orders GET /orders/{id}'] };
    const found = check(
      stateOf({ ...declared, guardrails: [guardrail('calm', forbidsCallsOf('reviews'))] }),
      stateOf({
        ...declared,
        guardrails: [guardrail('calm', forbidsCallsOf('web'), { text: 'other' })],
      }),
      DEFAULT_CHECK_OPTIONS,
    ).changes.find(({ from, gained }) => from === 'reviews' && gained.length > 0);
    expect(found?.place).toEqual({ state: 'head', file: 'policies/all.cedar', line: 3 });
  });

  it('says what becomes better, too', () => {
    const { changes, violations } = check(
      withGrants('reviews orders GET /**'),
      base,
      DEFAULT_CHECK_OPTIONS,
    );
    expect(violations).toEqual([]);
    expect(changes).toMatchObject([
      {
        change: 'removed',
        from: 'reviews',
        to: 'orders',
        lost: ['GET /orders/{id}', 'GET /**'],
        place: { state: 'base', file: 'reviews/reeve.yaml', line: 12 },
      },
    ]);
  });

  it('counts what was wrong before without holding it against the change', () => {
    const before = withGrants('reviews orders GET /**');
    const after = withGrants('reviews orders GET /**', 'reviews payments GET /healthz');
    const result = check(before, after, DEFAULT_CHECK_OPTIONS);
    expect([result.unchanged, ids(result.violations)]).toEqual([1, ['check/new-reach']]);
  });

  it('holds of services whose identity nobody can prove yet', () => {
    const bare = { ...SHOP, services: { ...SHOP.services, reviews: { identities: [] } } };
    const found = check(
      stateOf(bare),
      stateOf({ ...bare, grants: [...SHOP.grants, 'reviews orders GET /**'] }),
      DEFAULT_CHECK_OPTIONS,
    );
    expect(ids(found.violations)).toContain('check/wildcard-path');
  });

  it('does not depend on names of parameters, lines or order', () => {
    const said = {
      ...SHOP,
      grants: [...SHOP.grants].reverse(),
      endpoints: [...SHOP.endpoints].reverse(),
    };
    expect(check(base, stateOf(said), DEFAULT_CHECK_OPTIONS)).toEqual({
      violations: [],
      changes: [],
      unchanged: 0,
    });
    expect(sourceOf('a').line).toBe(1);
  });
});
