import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { formatGuardrails, readGuardrails } from './index.ts';

const read = (text: string) => readGuardrails([{ path: 'a.cedar', text }]);
const when = (condition: string) => `forbid(principal, action, resource) when { ${condition} };`;

describe('guardrails', () => {
  it('have what is written of them', () => {
    const text = `// About cards.
@id("pci-only-named")
@reason("Only the payment team reaches card data.")
@severity("critical")
forbid(principal, action, resource)
when { resource.sensitivity.contains("pci") }
unless { principal in Reeve::Team::"team-payments" };
// The end; of it.
`;
    const { guardrails, diagnostics } = read(text);
    expect(diagnostics).toEqual([]);
    expect(guardrails).toMatchObject([
      {
        id: 'pci-only-named',
        reason: 'Only the payment team reaches card data.',
        file: 'a.cedar',
        line: 2,
        json: { effect: 'forbid', annotations: { severity: 'critical' } },
      },
    ]);
    expect(guardrails[0]?.text).toBe(text.split('\n').slice(1, 7).join('\n'));
    expect(guardrails[0]?.problem).toBeUndefined();
  });

  it('without an id go by their file and number', () => {
    const { guardrails } = read(`${when('true')}\n\n${when('true')}`);
    expect(guardrails.map(({ id, line }) => [id, line])).toEqual([
      ['a.cedar#1', 1],
      ['a.cedar#2', 3],
    ]);
  });

  it('come in the order of their files, whatever order these are in', () => {
    const files = ['b.cedar', 'a.cedar'].map((path) => ({ path, text: when('true') }));
    expect(readGuardrails(files).guardrails.map(({ id }) => id)).toEqual([
      'a.cedar#1',
      'b.cedar#1',
    ]);
  });

  it('with one id are told apart, and all hold', () => {
    const { guardrails, diagnostics } = read(`@id("a")${when('true')}\n@id("a")${when('true')}`);
    expect(guardrails.map(({ id }) => id)).toEqual(['a', 'a.cedar#2']);
    expect(guardrails.every(({ json }) => json !== undefined)).toBe(true);
    expect(diagnostics).toMatchObject([
      { severity: 'error', code: 'guardrail/id-conflict', file: 'a.cedar', line: 2, column: 1 },
    ]);
    expect(diagnostics[0]?.message).toBe('The id `a` is that of a.cedar:1, too');
  });

  it('that are broken cost no other, and deny', () => {
    const { guardrails } = read(`forbid(principal;\n${when('true')}\nforbid(`);
    expect(guardrails.map(({ json }) => json === undefined)).toEqual([true, false, true]);
    expect(guardrails[0]?.problem).toMatch(/^Cedar cannot read this guardrail: /);
  });
});

/** What is wrong, its code, where, and a part of what is said. */
const WRONG: readonly (readonly [string, string, string, number, RegExp])[] = [
  [
    'another effect',
    'permit(principal, action, resource);',
    'guardrail/permits',
    1,
    /only forbids/,
  ],
  [
    'a slot',
    'forbid(principal == ?principal, action, resource);',
    'guardrail/template',
    21,
    /template/,
  ],
  ['bad syntax', when('1 = 1'), 'guardrail/malformed', 44, /try|operator/],
  ['an address', when('ip("1.2.3.4").isIpv4()'), 'guardrail/extension', 58, /`isIpv4`/],
  ['a decimal', when('decimal("1.0") == decimal("1.0")'), 'guardrail/extension', 44, /`decimal`/],
  [
    'a time',
    when('datetime("2026-01-01") < datetime("2026-01-02")'),
    'guardrail/extension',
    44,
    /`datetime`/,
  ],
  [
    'a duration',
    when('duration("1h") == duration("60m")'),
    'guardrail/extension',
    44,
    /`duration`/,
  ],
  ['a tag', when('principal.hasTag("x")'), 'guardrail/tag', 54, /`hasTag`/],
  ['a huge number', when('1 == 9007199254740993'), 'guardrail/number', 49, /9007199254740991/],
  [
    'a question about another service',
    when('Reeve::Service::"production/shop/a".exposure == "internet"'),
    'guardrail/other-entity',
    60,
    /`production\/shop\/a`/,
  ],
  [
    'a question where another service is',
    when('Reeve::Service::"a" in Reeve::Team::"t"'),
    'guardrail/other-entity',
    60,
    /`a`/,
  ],
  [
    'such a question in disguise',
    when('(if true then Reeve::Service::"a" else principal).exposure == "internet"'),
    'guardrail/other-entity',
    74,
    /`a`/,
  ],
  ['all of context', when('[context].contains(context)'), 'guardrail/whole-context', 45, /whole/],
  ['an unknown attribute', when('principal.ownr == "x"'), 'guardrail/invalid', 44, /`ownr`/],
  ['an unguarded attribute', when('principal.owner == "x"'), 'guardrail/invalid', 44, /optional/],
  [
    'an unknown type',
    'forbid(principal in Reeve::Taem::"a", action, resource);',
    'guardrail/invalid',
    21,
    /`Reeve::Taem`/,
  ],
  ['an unknown action', when('action == Reeve::Action::"cal"'), 'guardrail/invalid', 54, /cal/],
  ['other types', when('context.path == 1'), 'guardrail/invalid', 44, /String/],
  [
    'deep brackets',
    when(`${'('.repeat(40)}true${')'.repeat(40)}`),
    'guardrail/too-deep',
    1,
    /more than 32 deep/,
  ],
  [
    'very deep brackets',
    when(`${'('.repeat(4000)}true${')'.repeat(4000)}`),
    'guardrail/too-deep',
    1,
    /more than 32 deep/,
  ],
  ['long chains', when(`1${' + 1'.repeat(1200)} == 1`), 'guardrail/unusable', 1, /200 deep/],
  ['length', when(`"${'a'.repeat(20_000)}" == "b"`), 'guardrail/too-large', 1, /16384/],
];

describe('a guardrail is refused, with the place, and denies, for', () => {
  it.each(WRONG)('%s', (_name, text, code, column, message) => {
    const { guardrails, diagnostics } = read(`\n${text}`);
    expect(guardrails).toHaveLength(1);
    expect(guardrails[0]?.json).toBeUndefined();
    expect(guardrails[0]?.problem).toMatch(message);
    expect(diagnostics[0]).toMatchObject({ severity: 'error', code, line: 2, column });
    expect(diagnostics[0]?.message).toMatch(/every call is denied$/);
  });

  it('nothing that only compares with other services', () => {
    const others = 'Reeve::Service::"a"';
    const text = [
      when(`principal == ${others} || resource.service in [${others}]`),
      when(`[${others}].contains(principal) || principal is Reeve::Service in ${others}`),
    ].join('\n');
    expect(read(text).diagnostics.filter(({ severity }) => severity === 'error')).toEqual([]);
  });
});

describe('places', () => {
  it('are right behind letters of any width', () => {
    const { diagnostics } = read(
      `// 😀ü\n// €\r\n  ${when('"😀ü€" == "" || principal.ownr == "x"')}`,
    );
    expect(diagnostics).toMatchObject([{ line: 3, column: 46 + '"😀ü€" == "" || '.length }]);
  });

  it('are right behind half letters', () => {
    const { diagnostics } = read(when('"\ud800ü" == "" || principal.ownr == "x"'));
    expect(diagnostics).toMatchObject([{ line: 1, column: 44 + '"\ud800ü" == "" || '.length }]);
  });
});

describe('warned of are', () => {
  it('guardrails that Cedar finds impossible', () => {
    const { guardrails, diagnostics } = read(
      'forbid(principal, action, resource is Reeve::Service);',
    );
    expect(guardrails[0]?.json).toBeDefined();
    expect(diagnostics).toMatchObject([
      { severity: 'warning', code: 'guardrail/never-matches', line: 1, column: 1 },
    ]);
  });

  it('letters that look like others', () => {
    const { diagnostics } = read(when('context.path like "/\u0430dmin*"'));
    expect(diagnostics).toMatchObject([{ severity: 'warning', code: 'guardrail/suspicious' }]);
  });
});

it('refuses ids and severities that are none, and keeps the guardrail', () => {
  const { guardrails, diagnostics } = read(`@id("a b")@severity("dire")${when('true')}`);
  expect(guardrails).toMatchObject([{ id: 'a.cedar#1', json: { effect: 'forbid' } }]);
  expect(diagnostics.map(({ code }) => code)).toEqual([
    'guardrail/id-malformed',
    'guardrail/severity-invalid',
  ]);
});

it('reads no more than 1,000, and denies where there are more', () => {
  const { guardrails, diagnostics } = read(when('true').repeat(1_002));
  expect(guardrails).toHaveLength(1_001);
  expect(guardrails.at(-1)?.problem).toMatch(/more than 1,000/);
  expect(diagnostics).toMatchObject([{ code: 'guardrail/too-many' }]);
});

it('denies where a file is too large, even by a string without an end', () => {
  const { guardrails } = read(`"${'a'.repeat(1_100_000)}`);
  expect(guardrails).toMatchObject([{ problem: expect.stringMatching(/16384/) }]);
});

it('takes any text', () => {
  const pieces = fc.constantFrom(
    ...['forbid', 'permit', '(', ')', '{', '}', ';', '"', '\\', '//', '\n', '\r', '@id', 'when'],
    ...['principal', ', action', ', resource', '==', '?principal', '::', 'Reeve', '😀', '\ud800'],
    when('true'),
    when('principal.x'),
  );
  const text = fc.oneof(
    fc.array(pieces, { maxLength: 20 }).map((all) => all.join('')),
    fc.string(),
  );
  fc.assert(
    fc.property(text, (said) => {
      const { guardrails, diagnostics } = read(said);
      const broken = guardrails.filter(({ json }) => json === undefined);
      expect(broken.every(({ problem }) => problem !== undefined)).toBe(true);
      const errors = diagnostics.filter(({ severity }) => severity === 'error');
      expect(errors.length).toBeGreaterThanOrEqual(broken.length);
    }),
    { numRuns: 300 },
  );
});

describe('a laid out file', () => {
  const text = `// head\n@id("a") forbid(principal, action, resource) // why\n when { "ü" == "ü" };\n// tail`;

  it('says the same, with its comments, and does not change again', () => {
    const once = formatGuardrails(text);
    expect(once).toBe(`// head
@id("a")
forbid (principal, action, resource) // why
when { "ü" == "ü" };
// tail
`);
    expect(formatGuardrails(once)).toBe(once);
    expect(read(once).guardrails[0]?.json).toEqual(read(text).guardrails[0]?.json);
  });

  it('is refused with its place where it cannot be read', () => {
    expect(() => formatGuardrails(`\n ${when('1 = 1')}`, 'a.cedar')).toThrow(
      expect.objectContaining({
        code: 'guardrail/malformed',
        file: 'a.cedar',
        line: 2,
        column: 45,
      }),
    );
  });

  it('may be empty', () => {
    expect(formatGuardrails('// nothing\n')).toBe('// nothing\n');
  });
});
