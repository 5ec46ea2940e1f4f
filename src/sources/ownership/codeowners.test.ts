import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { parseCodeowners } from './codeowners.ts';

const LINES: [name: string, text: string, want: [string, ...string[]][]][] = [
  ['a team loses its organisation', '/a @acme/team-orders', [['/a', 'team-orders']]],
  ['a nested group of GitLab is its last part', '/a @acme/shop/orders', [['/a', 'orders']]],
  ['a person loses the @', '/a @alice', [['/a', 'alice']]],
  ['an e-mail address stays', '/a jane@example.org', [['/a', 'jane@example.org']]],
  ['several owners are kept in order, once', '/a @b @a @b', [['/a', 'b', 'a']]],
  ['a line without owners belongs to nobody', '/a', [['/a']]],
  ['a role is no team', '/a @@maintainer @x/y', [['/a', 'y']]],
  ['comments and empty lines are skipped', '# c @x\n\n  \n/a @b # @c', [['/a', 'b']]],
  [
    'a backslash keeps a space or a hash',
    '/my\\ dir @a\n\\#x @b',
    [
      ['/my\\ dir', 'a'],
      ['\\#x', 'b'],
    ],
  ],
  [
    'Windows line ends are no part of an owner',
    '/a @b\r\n/c @d\r\n',
    [
      ['/a', 'b'],
      ['/c', 'd'],
    ],
  ],
  [
    'a section hands its owners to lines without',
    '[S] @x/s\n/a\n/b @c',
    [
      ['/a', 's'],
      ['/b', 'c'],
    ],
  ],
  ['a section may ask for approvals', '[S][2] @s\n/a', [['/a', 's']]],
  ['a section may be optional', '^[S s] @s\n/a', [['/a', 's']]],
  ['a section without owners ends the one before', '[S] @s\n[T]\n/a', [['/a']]],
  ['an exclusion belongs to nobody', '[S] @s\n!/a @b', [['/a']]],
];

describe('parseCodeowners', () => {
  it.each(LINES)('%s', (_, text, want) => {
    const { rules, problems } = parseCodeowners(text);
    expect(rules.map((rule) => [rule.pattern, ...rule.owners])).toEqual(want);
    expect(problems).toEqual([]);
  });

  it('says where a pattern stands', () => {
    expect(parseCodeowners('# x\n  /a @b').rules[0]).toMatchObject({ line: 2, column: 3 });
  });

  it('says where an owner is malformed, and keeps the others', () => {
    const { rules, problems } = parseCodeowners('/a team @b');
    expect(rules[0]?.owners).toEqual(['b']);
    expect(problems).toEqual([
      { message: 'names an owner without `@` that is no e-mail address', line: 1, column: 4 },
    ]);
  });

  it('gives rules for any text', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary', maxLength: 300 }), (text) => {
        for (const { pattern, owners } of parseCodeowners(text).rules) {
          expect(pattern.length + owners.length).toBeGreaterThanOrEqual(0);
        }
      }),
    );
  });

  it('reads a long hostile line in linear time', () => {
    expect(parseCodeowners(`${'\\'.repeat(200_001)} @a`).rules).toHaveLength(1);
    expect(parseCodeowners(`[${'['.repeat(200_000)}`).rules).toHaveLength(1);
  });
});
