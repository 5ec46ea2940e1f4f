import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { GroupDefinition, PolicySources, Source } from '../../estate/index.ts';
import { resolveGroups } from './groups.ts';
import { readGuardrails } from './language/index.ts';

const at = (line: number, file = 'groups.yaml'): Source => ({
  reader: 'declarations',
  how: 'declared',
  file,
  line,
  column: 3,
});

function group(
  name: string,
  services: readonly string[],
  groups: readonly string[] = [],
  line = 1,
) {
  return {
    name,
    services: services.map((one) => {
      const [last = '', namespace] = one.split('/').toReversed();
      return { name: last, ...(namespace !== undefined && { namespace }), source: at(line + 1) };
    }),
    groups: groups.map((one) => ({ name: one, source: at(line + 2) })),
    source: at(line),
  } satisfies GroupDefinition;
}

const service = (id: string) => {
  const [, namespace = '', name = ''] = id.split('/');
  return { id, namespace, name };
};
const SERVICES = ['prod/shop/a', 'prod/tools/a', 'dev/shop/b', 'prod/shop/c'].map(service);

const resolve = (definitions: readonly GroupDefinition[], services = SERVICES) =>
  resolveGroups({ groups: definitions }, services, []);

const groupsOf = (...definitions: GroupDefinition[]) =>
  Object.fromEntries(resolve(definitions).groups);

describe('a group', () => {
  it('has the services that it names, in all environments, and in the namespace that it names', () => {
    expect(groupsOf(group('g', ['a', 'shop/b']))).toEqual({
      'prod/shop/a': ['g'],
      'prod/tools/a': ['g'],
      'dev/shop/b': ['g'],
    });
    expect(groupsOf(group('g', ['tools/a']))).toEqual({ 'prod/tools/a': ['g'] });
  });

  it('has those of the groups in it, at any depth, and gives them none of its own', () => {
    expect(
      groupsOf(group('outer', ['c'], ['middle']), group('middle', [], ['z']), group('z', ['b'])),
    ).toEqual({ 'dev/shop/b': ['middle', 'outer', 'z'], 'prod/shop/c': ['outer'] });
  });

  it('defined twice has what both say', () => {
    expect(groupsOf(group('g', ['b']), group('g', ['c']))).toEqual({
      'dev/shop/b': ['g'],
      'prod/shop/c': ['g'],
    });
  });

  it('in a circle has the services of all in it, and the circle is spelt out', () => {
    const definitions = [
      group('x', ['b'], ['y'], 10),
      group('y', [], ['z'], 20),
      group('z', ['c'], ['x', 'beyond'], 30),
      group('beyond', ['tools/a']),
      group('self', [], ['self'], 40),
    ];
    const { groups, diagnostics } = resolve(definitions);
    expect(Object.fromEntries(groups)).toEqual({
      'dev/shop/b': ['x', 'y', 'z'],
      'prod/shop/c': ['x', 'y', 'z'],
      'prod/tools/a': ['beyond', 'x', 'y', 'z'],
    });
    expect(diagnostics).toMatchObject([
      {
        code: 'group/circular-invalid',
        message:
          'Groups are in each other: `x` → `y` → `z` → `x`. Each of them has the services of all',
        file: 'groups.yaml',
        line: 12,
        column: 3,
      },
      { message: expect.stringContaining('`self` → `self`'), line: 42 },
    ]);
  });

  it('may be as deep as there are groups', () => {
    const deep = Array.from({ length: 1_000 }, (_, i) =>
      group(`g${i}`, i === 999 ? ['b'] : [], [`g${i + 1}`]),
    );
    expect(resolve(deep).groups.get('dev/shop/b')).toHaveLength(1_000);
  });
});

describe('where there are more groups than are read', () => {
  const many = Array.from({ length: 1_001 }, (_, i) => group(`g${i}`, []));
  const { guardrails } = readGuardrails([
    {
      path: 'a.cedar',
      text: `forbid(principal in Reeve::Group::"g1", action, resource);
forbid(principal, action, resource) when { resource.deprecated };`,
    },
  ]);
  const problemsWith = (definitions: typeof many) =>
    resolveGroups({ groups: definitions }, SERVICES, guardrails).guardrails.map(
      ({ problem }) => problem,
    );

  it('guardrails that speak of one cannot be used', () => {
    expect(problemsWith(many)).toEqual([expect.stringContaining('1,000 groups'), undefined]);
  });

  it('and otherwise they can', () => {
    expect(problemsWith(many.slice(1))).toEqual([undefined, undefined]);
  });
});

/** In a file: who is in the group `trusted`, and what else is in it. */
const trusted = (file: string, services: readonly string[], groups: readonly string[] = []) => ({
  ...group('trusted', services, groups),
  source: at(1, file),
});
const inFile = (file: string, definition: GroupDefinition) => ({
  ...definition,
  source: at(1, file),
});

describe('of a group that guardrails speak of', () => {
  const guardrailIn = (path: string) =>
    readGuardrails([
      {
        path,
        text: 'forbid(principal, action, resource) unless { principal in Reeve::Group::"trusted" };',
      },
    ]).guardrails;
  const judge = (
    sources: Pick<PolicySources, 'groups' | 'groupsUnread'>,
    ...paths: readonly string[]
  ) => {
    const { groups, guardrails, diagnostics } = resolveGroups(
      sources,
      SERVICES,
      paths.flatMap(guardrailIn),
    );
    return {
      members: [...groups].flatMap(([id, all]) => (all.includes('trusted') ? [id] : [])),
      problem: guardrails.find(({ json }) => json === undefined)?.problem,
      codes: diagnostics.map(({ code, file, line }) => `${code} ${file}:${line}`),
    };
  };

  it.each([
    ['org/a.cedar', 'org/reeve.yaml'],
    ['org/rules/a.cedar', 'org/reeve.yaml'],
    ['org/a.cedar', 'reeve.yaml'],
  ])('guardrails in %s mean who is in it by %s, and no other adds anybody', (guardrail, file) => {
    const groups = [trusted('a/reeve.yaml', ['c']), trusted(file, ['b'])];
    expect(judge({ groups }, guardrail)).toEqual({
      members: ['dev/shop/b'],
      problem: undefined,
      codes: ['group/defined-elsewhere a/reeve.yaml:1'],
    });
  });

  it('what another folder says counts, if it is one alone', () => {
    const groups = [trusted('groups/reeve.yaml', ['b']), trusted('groups/reeve.yml', ['c'])];
    expect(judge({ groups }, 'org/a.cedar')).toEqual({
      members: ['dev/shop/b', 'prod/shop/c'],
      problem: undefined,
      codes: [],
    });
  });

  it('of several other folders none is believed, nor of several that guardrails are in', () => {
    const groups = [trusted('groups/reeve.yaml', ['b']), trusted('web/reeve.yaml', ['c'])];
    expect(judge({ groups }, 'org/a.cedar')).toMatchObject({
      problem: expect.stringContaining('several folders define the group `trusted`'),
      codes: ['guardrail/group-unknown org/a.cedar:1', 'group/defined-conflict web/reeve.yaml:1'],
    });
    expect(judge({ groups }, 'groups/a.cedar', 'web/a.cedar').problem).toContain('several folders');
  });

  it('the same holds for the groups in it', () => {
    const groups = [
      trusted('org/reeve.yaml', [], ['inner']),
      inFile('org/reeve.yaml', group('inner', ['b'])),
      inFile('web/reeve.yaml', group('inner', ['c'])),
    ];
    expect(judge({ groups }, 'org/a.cedar')).toMatchObject({
      members: ['dev/shop/b'],
      codes: ['group/defined-elsewhere web/reeve.yaml:1'],
    });
  });

  it.each<[string, Pick<PolicySources, 'groups' | 'groupsUnread'>, string]>([
    ['nobody defines it', { groups: [] }, 'nobody defines the group `trusted`'],
    [
      'nobody defines one in it',
      { groups: [trusted('org/reeve.yaml', ['b'], ['gone'])] },
      'nobody defines the group `gone`',
    ],
    [
      'its document is broken',
      { groups: [{ ...trusted('org/reeve.yaml', ['b']), problem: 'a service has no name' }] },
      'the definition of the group `trusted` is broken: a service has no name',
    ],
    [
      'the document of one in it is broken',
      {
        groups: [
          trusted('org/reeve.yaml', ['b'], ['inner']),
          { ...group('inner', []), problem: 'no list' },
        ],
      },
      'the definition of the group `inner` is broken',
    ],
    [
      'a file beside the guardrail was not read, whoever else defines the group',
      {
        groups: [trusted('web/reeve.yaml', ['b'])],
        groupsUnread: [{ file: 'org/reeve.yaml', why: 'a bracket is missing' }],
      },
      '`org/reeve.yaml`, which may define groups, was not read whole',
    ],
  ])('guardrails cannot be used where %s', (_what, sources, problem) => {
    expect(judge(sources, 'org/a.cedar').problem).toContain(problem);
  });

  it('what is broken elsewhere does not matter', () => {
    const groups = [
      trusted('org/reeve.yaml', ['b']),
      { ...trusted('web/reeve.yaml', []), problem: 'no list' },
      { ...group('other', []), problem: 'no list' },
    ];
    const groupsUnread = [{ file: 'web/reeve.yaml', why: 'a bracket is missing' }];
    expect(judge({ groups, groupsUnread }, 'org/a.cedar').problem).toBeUndefined();
  });
});

describe('reported are', () => {
  it.each([
    ['services that nothing has', group('g', ['orders', 'shop/bb']), 'group/service-not-found', 2],
    ['groups that nobody defines', group('g', [], ['gg']), 'group/group-not-found', 3],
  ])('%s', (_name, definition, code, line) => {
    const { diagnostics } = resolve([definition]);
    expect(diagnostics[0]).toMatchObject({ code, file: 'groups.yaml', line, column: 3 });
  });

  it('the name that was likely meant', () => {
    const { diagnostics } = resolve(
      [group('payments', [], ['payment']), group('checkout', ['shop/orders'])],
      [service('prod/shop/order')],
    );
    expect(diagnostics.map(({ hint }) => hint)).toEqual([
      'did you mean `order`?',
      'did you mean `payments`?',
    ]);
  });

  it('groups beyond the bound', () => {
    const many = Array.from({ length: 1_001 }, (_, i) => group(`g${i}`, []));
    expect(resolve(many).diagnostics).toMatchObject([{ code: 'group/too-many' }]);
  });
});

it('does not depend on order', () => {
  const names = ['p', 'q', 'r', 's'];
  const definition = fc
    .tuple(
      fc.constantFrom(...names),
      fc.subarray(['a', 'b', 'shop/c']),
      fc.subarray([...names, 'nobody']),
    )
    .map(([name, services, groups]) => group(name, services, groups));
  fc.assert(
    fc.property(fc.array(definition, { maxLength: 6 }), (definitions) => {
      const { groups } = resolve(definitions);
      const other = resolve(definitions.toReversed(), SERVICES.toReversed());
      expect(new Map([...other.groups].toSorted())).toEqual(new Map([...groups].toSorted()));
    }),
  );
});
