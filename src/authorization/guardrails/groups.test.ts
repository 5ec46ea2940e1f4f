import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { GroupDefinition, Source } from '../../estate/index.ts';
import { resolveGroups, withGroups } from './groups.ts';
import { readGuardrails } from './language/index.ts';

const at = (line: number): Source => ({
  reader: 'declarations',
  how: 'declared',
  file: 'groups.yaml',
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

const groupsOf = (...definitions: GroupDefinition[]) =>
  Object.fromEntries(resolveGroups(definitions, SERVICES).groups);

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
    const { groups, diagnostics } = resolveGroups(definitions, SERVICES);
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
    expect(resolveGroups(deep, SERVICES).groups.get('dev/shop/b')).toHaveLength(1_000);
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
    withGroups(guardrails, resolveGroups(definitions, SERVICES)).map(({ problem }) => problem);

  it('guardrails that speak of one cannot be used', () => {
    expect(problemsWith(many)).toEqual([expect.stringContaining('1,000 groups'), undefined]);
  });

  it('and otherwise they can', () => {
    expect(problemsWith(many.slice(1))).toEqual([undefined, undefined]);
  });
});

describe('reported are', () => {
  it.each([
    ['services that nothing has', group('g', ['orders', 'shop/bb']), 'group/service-not-found', 2],
    ['groups that nobody defines', group('g', [], ['gg']), 'group/group-not-found', 3],
  ])('%s', (_name, definition, code, line) => {
    const { diagnostics } = resolveGroups([definition], SERVICES);
    expect(diagnostics[0]).toMatchObject({ code, file: 'groups.yaml', line, column: 3 });
  });

  it('the name that was likely meant', () => {
    const { diagnostics } = resolveGroups(
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
    expect(resolveGroups(many, SERVICES).diagnostics).toMatchObject([{ code: 'group/too-many' }]);
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
      const { groups } = resolveGroups(definitions, SERVICES);
      const other = resolveGroups(definitions.toReversed(), SERVICES.toReversed());
      expect(new Map([...other.groups].toSorted())).toEqual(new Map([...groups].toSorted()));
    }),
  );
});
