import { describe, expect, it } from 'vitest';
import type { Change, Violation } from '../../../authorization/check/index.ts';
import type { Severity } from '../../../estate/index.ts';
import { toGithub } from './github.ts';
import { toJunit } from './junit.ts';
import { toMarkdown } from './markdown.ts';
import { type ReportParts, sentenceOf, toReport } from './report.ts';
import { toSarif } from './sarif.ts';
import { toText } from './text.ts';

const violation = (more: Partial<Violation> = {}): Violation => ({
  rule: 'check/wildcard-path',
  severity: 'high',
  subject: 'reviews',
  message: 'reviews declares `GET /**` of orders',
  newlyReaches: ['GET /orders/{id} of orders'],
  place: { state: 'head', file: 'reviews/reeve.yaml', line: 12, column: 20 },
  ...more,
});
const change = (more: Partial<Change> = {}): Change =>
  ({
    layer: 'declared',
    change: 'added',
    from: 'reviews',
    to: 'orders',
    gained: ['GET /orders/{id}'],
    lost: [],
    place: undefined,
    ...more,
  }) as Change;
const PARTS: ReportParts = {
  violations: [],
  changes: [],
  unchanged: 0,
  diagnostics: [],
  failOn: 'medium',
  base: { kind: 'commit', name: 'main', commit: 'a'.repeat(40), isMergeBase: true },
  head: { kind: 'folder', path: '.' },
  identical: false,
  prefix: '',
};
const reportOf = (parts: Partial<ReportParts>) => toReport({ ...PARTS, ...parts });
const text = (parts: Partial<ReportParts>) => toText(reportOf(parts), (_, painted) => painted);
/** What may stand in a file of somebody else. */
const HOSTILE = 'a`b|<script>@everyone\n::error::%0A,x:y\u001b[31m\u202e';

describe('a report', () => {
  it.each([
    ['critical', 'medium', 'rejected'],
    ['medium', 'medium', 'rejected'],
    ['low', 'medium', 'passed'],
    ['info', 'info', 'rejected'],
    ['high', 'critical', 'passed'],
  ] as const)(
    'with a violation of severity %s that fails on %s is %s',
    (severity, failOn, verdict) => {
      expect(reportOf({ violations: [violation({ severity })], failOn }).verdict).toBe(verdict);
    },
  );

  it('names files as the repository does', () => {
    const { violations } = reportOf({ violations: [violation()], prefix: 'shop/' });
    expect(violations[0]?.location?.file).toBe('shop/reviews/reeve.yaml');
  });

  it('knows a violation again when its line has moved', () => {
    const moved = violation({ place: { state: 'head', file: 'reviews/reeve.yaml', line: 99 } });
    const [one, other, third] = reportOf({
      violations: [violation(), moved, violation({ subject: 'web' })],
    }).violations;
    expect([one?.id === other?.id, one?.id === third?.id]).toEqual([true, false]);
  });

  it.each([
    [change(), true, 'reviews newly reaches orders'],
    [change({ from: 'a, b and 3 more' }), true, 'a, b and 3 more newly reach orders'],
    [change({ layer: 'credential', from: 'web' }), false, 'web no longer holds'],
    [
      change({ layer: 'mtls', from: 'anyone' }),
      true,
      'anyone may newly connect without proof to orders',
    ],
    [
      change({ layer: 'requests', from: 'every workload with an identity' }),
      false,
      'every workload with an identity may no longer ask orders',
    ],
  ])('says %# in words', (one, isGain, sentence) => {
    expect(sentenceOf({ ...one, location: null }, isGain)).toBe(sentence);
  });
});

describe('the text for a terminal', () => {
  it('has the worst first, and lines of 80 columns at most', () => {
    const severities: Severity[] = ['critical', 'high', 'low'];
    const lines = text({
      violations: severities.map((severity) =>
        violation({
          severity,
          message: 'word '.repeat(60).trim(),
          newlyReaches: ['x '.repeat(70).trim()],
        }),
      ),
      changes: [change({ gained: ['GET /orders/{id} '.repeat(20).trim()] })],
      unchanged: 3,
    }).split('\n');
    for (const line of lines) expect(line.length).toBeLessThanOrEqual(80);
    expect(
      lines.filter((line) => /^(critical|high|low) /.test(line)).map((line) => line.split(' ')[0]),
    ).toEqual(severities);
    expect(lines).toContain('3 violations of before are not counted.');
  });

  it('tells ten paths and counts the others', () => {
    const shown = text({
      violations: [
        violation({ newlyReaches: Array.from({ length: 25 }, (_, index) => `p${index}`) }),
      ],
    });
    expect([
      shown.includes('- p9\n'),
      shown.includes('- p10\n'),
      shown.includes('… and 15 more'),
    ]).toEqual([true, false, true]);
  });

  it('leaves control characters out', () => {
    const shown = text({ violations: [violation({ message: HOSTILE })] });
    expect(['\u001b', '\u202e'].filter((character) => shown.includes(character))).toEqual([]);
  });
});

describe('the comment for a pull request', () => {
  it('begins with the mark by which a later one replaces it', () => {
    expect(toMarkdown(reportOf({}))).toMatch(/^<!-- reeve check -->\n/);
  });

  it('stays below 60,000 characters, and closes what it opens', () => {
    const many = Array.from({ length: 3_000 }, (_, index) => change({ to: `service-${index}` }));
    const comment = toMarkdown(reportOf({ violations: [violation()], changes: many }));
    expect(comment.length).toBeLessThanOrEqual(60_000);
    expect(comment.match(/<details>/g)).toHaveLength(comment.match(/<\/details>/g)?.length ?? -1);
    expect(comment).toMatch(/Too much for a comment/);
  });

  it('takes no markup, and calls nobody, from foreign text', () => {
    const comment = toMarkdown(reportOf({ violations: [violation({ message: HOSTILE })] }));
    expect(comment).not.toMatch(/[^\\]<script|@everyone/);
  });

  it('closes its lists even where everything is in one of them', () => {
    const comment = toMarkdown(reportOf({ changes: [change({ lost: ['x'] })] }));
    expect(comment).toMatch(
      /newly possible \(1\)<\/summary>\n\n- reviews newly reaches orders: GET \/orders\/\{id\}\n+<\/details>/,
    );
  });
});

describe('annotations of GitHub', () => {
  it('stand at the line, with everything escaped', () => {
    const [line = ''] = toGithub(
      reportOf({
        violations: [
          violation({ message: HOSTILE, place: { state: 'head', file: 'a,b:c%.yaml', line: 3 } }),
        ],
      }),
    ).split('\n');
    expect(line).toMatch(/^::error file=a%2Cb%3Ac%25\.yaml,line=3,title=check\/wildcard-path::/);
    expect(line.split('::error')).toHaveLength(3);
    expect(line).toContain('%250A');
  });

  it('are ten of a kind at most, the last of which counts the others', () => {
    const many = Array.from({ length: 30 }, () => violation());
    const lines = toGithub(reportOf({ violations: [...many, violation({ severity: 'low' })] }))
      .trim()
      .split('\n');
    expect(lines.filter((line) => line.startsWith('::error'))).toHaveLength(10);
    expect(lines[9]).toBe('::error::… and 21 more: see the report of reeve check');
    expect(lines[10]).toMatch(/^::notice file=/);
  });

  it('have no file where the line is gone', () => {
    const place = { state: 'base', file: 'k8s/deny.yaml', line: 1 } as const;
    expect(toGithub(reportOf({ violations: [violation({ place })] }))).toMatch(
      /^::error title=check\/wildcard-path::.* \(was in k8s\/deny.yaml\)%0A/,
    );
  });
});

describe('SARIF', () => {
  it('has one rule for each that is broken, the line that changed, and no empty text', () => {
    const log = JSON.parse(
      toSarif(
        reportOf({
          violations: [violation(), violation({ rule: 'check/unreadable', place: undefined })],
          prefix: 'my shop/',
        }),
      ),
    );
    const [run] = log.runs;
    expect(run.tool.driver.rules.map(({ id }: { id: string }) => id)).toEqual([
      'check/unreadable',
      'check/wildcard-path',
    ]);
    expect(run.results[0]).toMatchObject({
      ruleId: 'check/wildcard-path',
      ruleIndex: 1,
      level: 'error',
      locations: [
        {
          physicalLocation: {
            artifactLocation: { uri: 'my%20shop/reviews/reeve.yaml' },
            region: { startLine: 12, startColumn: 20, endLine: 12, endColumn: 21 },
          },
        },
      ],
      partialFingerprints: { 'reeveCheck/v1': expect.stringMatching(/^check-[0-9a-f]{16}$/) },
    });
    expect(run.results[0].message.text).toContain('Newly reaches: GET /orders/{id} of orders.');
    expect(run.tool.driver.rules[1].properties['security-severity']).toBe('8.0');
    expect(JSON.stringify(log)).not.toContain('""');
  });
});

describe('JUnit', () => {
  it('fails the case of each rule that rejects the change, and only those', () => {
    const xml = toJunit(
      reportOf({
        violations: [
          violation({ message: '<&"\u0000' }),
          violation({ rule: 'check/group-trust', severity: 'low' }),
        ],
      }),
    );
    expect(xml).toContain('message="&lt;&amp;&quot; "');
    expect(xml.match(/<failure /g)).toHaveLength(1);
    expect(xml).toMatch(/<testcase classname="check\/group-trust"[^>]*>\n\s*<system-out>/);
    expect(xml).toMatch(/<testsuite [^>]*failures="1"/);
  });
});
