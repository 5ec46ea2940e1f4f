import { describe, expect, it } from 'vitest';
import type { Endpoint } from '../estate/index.ts';
import { anEndpoint } from '../estate/store/testing/estate.ts';
import { declareEverywhere, sideBySide } from './environments.ts';
import { type Stage, stageOf } from './stages.ts';

describe('the stage of an environment', () => {
  const cases: [environment: string, want: Stage][] = [
    ['production', 'production'],
    ['prod', 'production'],
    ['Production', 'production'],
    ['prod-eu-1', 'production'],
    ['eu_prod2', 'production'],
    ['liveEurope', 'production'],
    ['staging', 'staging'],
    ['stage2', 'staging'],
    ['uat', 'staging'],
    ['qa-3', 'staging'],
    ['test', 'staging'],
    ['preprod', 'staging'],
    ['pre-prod', 'staging'],
    ['prod-test', 'staging'],
    ['non-production', 'staging'],
    ['dev', 'other'],
    ['default', 'other'],
    ['latest', 'other'],
    ['product', 'other'],
    ['deliver', 'other'],
    ['', 'other'],
  ];
  it.each(cases)('%s is %s', (environment, want) => {
    expect(stageOf(environment)).toBe(want);
  });
  it('is what the configuration says, whatever the name', () => {
    expect(stageOf('prod', { prod: 'other' })).toBe('other');
    expect(stageOf('blue', { blue: 'production' })).toBe('production');
    expect(stageOf('constructor', {})).toBe('other');
  });
});

function at(service: string, template = '/a', more: Partial<Endpoint> = {}): Endpoint {
  const method = more.method ?? 'GET';
  return anEndpoint(service, template, { id: `${service} ${method} ${template}`, ...more });
}
function elsewhere(...endpoints: Endpoint[]): Record<string, string[]> {
  const found = sideBySide(endpoints, {}).elsewhere;
  return Object.fromEntries([...found].map(([id, others]) => [id, others.map((one) => one.id)]));
}
function productionOnly(...endpoints: Endpoint[]): string[] {
  return [...sideBySide(endpoints, {}).productionOnly].map(([id, where]) => `${id} !${where}`);
}

describe('the same endpoint', () => {
  it('lies side by side in all environments, however its parameters are called', () => {
    expect(
      elsewhere(
        at('staging/shop/web', '/a/{x}'),
        at('prod/shop/web', '/a/{y}'),
        at('dev/shop/web', '/a/{z}', { method: 'POST' }),
      ),
    ).toEqual({
      'staging/shop/web GET /a/{x}': ['prod/shop/web GET /a/{y}'],
      'prod/shop/web GET /a/{y}': ['staging/shop/web GET /a/{x}'],
    });
  });

  const pairs: [sentence: string, a: string, b: string, others: string[], isSame: boolean][] = [
    ['of one namespace', 'prod/shop/web', 'qa/shop/web', [], true],
    [
      'of another namespace, where that is the only one',
      'prod/shop/web',
      'qa/shop-qa/web',
      [],
      true,
    ],
    [
      'of another namespace, where there are two',
      'prod/shop/web',
      'qa/shop-qa/web',
      ['qa/b/web'],
      false,
    ],
    ['of one namespace, where there are two', 'prod/shop/web', 'qa/shop/web', ['qa/b/web'], true],
    ['of one environment', 'prod/shop/web', 'prod/b/web', ['qa/c/x'], false],
    ['of another name', 'prod/shop/web', 'qa/shop/api', [], false],
  ];
  it.each(pairs)('is one %s, or not', (_, a, b, others, isSame) => {
    const found = elsewhere(at(a), at(b), ...others.map((id) => at(id, '/other')));
    expect(found[`${a} GET /a`] ?? []).toEqual(isSame ? [`${b} GET /a`] : []);
  });

  it('is nowhere where it only ever answered that there is nothing', () => {
    expect(
      elsewhere(at('prod/shop/web'), at('qa/shop/web', '/a', { visibility: 'probe' })),
    ).toEqual({});
  });

  it('names at most 16 others, production and staging among them', () => {
    const previews = Array.from({ length: 40 }, (_, index) => at(`pr-${index}/shop/web`));
    const found = elsewhere(...previews, at('staging/shop/web'), at('prod/shop/web'));
    const others = found['pr-39/shop/web GET /a'] ?? [];
    expect(others).toHaveLength(16);
    expect(others.slice(0, 2)).toEqual(['prod/shop/web GET /a', 'staging/shop/web GET /a']);
  });
});

describe('what runs in production', () => {
  const prod = at('prod/shop/web', '/new');
  const staged = at('staging/shop/web', '/a');
  const cases: [sentence: string, endpoints: Endpoint[], want: string[]][] = [
    ['and was never in staging is told', [prod, staged], ['prod/shop/web GET /new !staging']],
    ['and in staging is not', [prod, at('staging/shop/web', '/new')], []],
    [
      'and is declared in staging is not',
      [prod, at('staging/shop/web', '/new', { status: 'dormant' })],
      [],
    ],
    [
      'and was only probed in staging is told',
      [prod, staged, at('staging/shop/web', '/new', { visibility: 'probe' })],
      ['prod/shop/web GET /new !staging'],
    ],
    [
      'and was seen once in staging is not',
      [prod, staged, at('staging/shop/web', '/new', { visibility: 'unstable' })],
      [],
    ],
    ['of a service that is not staged is not', [prod, at('staging/shop/api')], []],
    ['where nothing is staging is not', [prod, at('dev/shop/web')], []],
    [
      'under another method is told',
      [prod, at('staging/shop/web', '/new', { method: 'POST' })],
      ['prod/shop/web GET /new !staging'],
    ],
    [
      'and is taken by any method in staging is not',
      [prod, at('staging/shop/web', '/new', { method: 'ANY' })],
      [],
    ],
    [
      'by declaration alone does not run',
      [at('prod/shop/web', '/new', { status: 'dormant' }), staged],
      [],
    ],
    [
      'is looked for in every staging environment',
      [prod, staged, at('uat/shop/web', '/a')],
      ['prod/shop/web GET /new !staging,uat'],
    ],
    ['and was in one of them is not told', [prod, staged, at('uat/shop/web', '/new')], []],
  ];
  it.each(cases)('%s', (_, endpoints, want) => {
    expect(productionOnly(...endpoints)).toEqual(want);
  });
});

describe('what is declared in one environment', () => {
  const shadow: Partial<Endpoint> = {
    status: 'shadow',
    declaredIn: [],
    owner: null,
    review: 'shadow',
  };
  const settled = (...endpoints: Endpoint[]) =>
    declareEverywhere(endpoints, sideBySide(endpoints, {}).elsewhere).map(
      ({ status, owner, review }) => [status, owner, review],
    );

  it.each([
    ['governed by the same owner', {}, ['governed', 'team-orders', null]],
    ['unowned where nobody owns either', { owner: null }, ['unowned', null, 'unowned']],
    [
      'a zombie where it is deprecated',
      { deprecated: true, status: 'zombie' },
      ['zombie', 'team-orders', 'zombie'],
    ],
    [
      'governed even where it is only called here',
      { status: 'dormant' },
      ['governed', 'team-orders', null],
    ],
    ['a shadow where it is one there too', { status: 'shadow' }, ['shadow', null, 'shadow']],
  ] as const)('is %s in another', (_, there, here) => {
    const declared = at('production/shop/orders', '/a', there);
    const called = at('staging/shop/orders', '/a', shadow);
    expect(settled(declared, called)[1]).toEqual(here);
  });

  it('says nothing of other operations and services', () => {
    const declared = at('production/shop/orders', '/a');
    const others = [at('staging/shop/orders', '/b', shadow), at('staging/shop/web', '/a', shadow)];
    expect(settled(declared, ...others).map(([status]) => status)).toEqual([
      'governed',
      'shadow',
      'shadow',
    ]);
  });
});
