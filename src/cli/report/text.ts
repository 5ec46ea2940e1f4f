import { type Diagnostic, toPlace } from '../../base/diagnostic.ts';
import type { Finding, Severity } from '../../estate/index.ts';
import {
  answerHeadline,
  counted,
  grouped,
  type Painter,
  plain,
  type Style,
  spread,
  wrap,
} from '../terminal.ts';
import { answerLines, byControl, severityCounts } from './answers.ts';
import type { ReportContext, ScanReport } from './report.ts';

export interface TextOptions {
  /** Every finding instead of the worst few. */
  readonly all: boolean;
  readonly paint: Painter;
}

const STYLES: Record<Severity, Style> = {
  critical: ['bold', 'red'],
  high: 'red',
  medium: 'yellow',
  low: 'cyan',
  info: 'gray',
};
const CONTROLS_SHOWN = 8;
const FINDINGS_SHOWN = 3;

/** What a platform engineer wants to read first: the three answers, then the worst findings with the
 *  line to change. 80 columns. */
export function toText(report: ScanReport, context: ReportContext, options: TextOptions): string {
  return [
    ...head(report, context),
    '',
    ...answers(report, options.paint),
    '',
    ...(isEmpty(report)
      ? [
          'Nothing was found that describes services: no manifest, specification or code',
          'that Reeve reads. Is this the right folder?',
        ]
      : findings(report.findings, options)),
    ...notes(report.diagnostics, options),
  ].join('\n');
}

function isEmpty({ services, endpoints, credentials, findings: found }: ScanReport): boolean {
  return [services, endpoints, credentials, found].every((list) => list.length === 0);
}

function head(report: ScanReport, context: ReportContext): string[] {
  const { services, endpoints, calls, credentials } = report;
  const seconds = (context.elapsedMilliseconds / 1000).toFixed(1);
  return [
    `${plain(context.folder)}: ${counted(context.fileCount, 'file')} read in ${seconds} s`,
    [
      counted(services.length, 'service'),
      counted(endpoints.length, 'endpoint'),
      counted(calls.length, 'call'),
      counted(credentials.length, 'credential'),
    ].join(', '),
  ];
}

/** A question that asks about nothing has no answer yet. */
function answers(report: ScanReport, paint: Painter): string[] {
  return answerLines(report).flatMap((answer) => [
    answerHeadline(answer, paint),
    ...wrap(answer.failing, 72).map((part) => `      ${part}`),
  ]);
}

function findings(all: readonly Finding[], options: TextOptions): string[] {
  if (all.length === 0) return ['No findings.'];
  const groups = byControl(all);
  const shown = options.all ? groups : groups.slice(0, CONTROLS_SHOWN);
  const hidden = groups.slice(shown.length).reduce((sum, group) => sum + group.findings.length, 0);
  return [
    `${counted(all.length, 'finding')}: ${severityCounts(all)}`,
    ...shown.flatMap((group) => control(group, options)),
    ...(hidden > 0 ? ['', `${counted(hidden, 'less severe finding')} not shown: add --all`] : []),
  ];
}

function control(
  { control: id, severity, findings: group }: ReturnType<typeof byControl>[number],
  { all, paint }: TextOptions,
): string[] {
  const shown = all ? group : group.slice(0, FINDINGS_SHOWN);
  const rest = group.length - shown.length;
  const title = spread(`${severity.padEnd(9)}${id}`, counted(group.length, 'finding'));
  return [
    '',
    paint(STYLES[severity], title),
    ...shown.flatMap((finding) => [
      ...(finding.location ? [`  ${paint('bold', plain(toPlace(finding.location)))}`] : []),
      ...wrap(plain(finding.message), 76).map((line) => `    ${line}`),
    ]),
    ...(rest > 0 ? [`  … and ${grouped(rest)} more`] : []),
    ...wrap(`fix: ${group[0]?.remedy ?? ''}`, 76).map((line) => paint('gray', `  ${line}`)),
  ];
}

/** What could not be read, so that nobody takes it for clean. */
function notes(diagnostics: readonly Diagnostic[], { all }: TextOptions): string[] {
  if (diagnostics.length === 0) return [''];
  const errors = diagnostics.filter(({ severity }) => severity === 'error').length;
  const noted = diagnostics.length - errors;
  const shown = all ? diagnostics : diagnostics.slice(0, 5);
  const rest = diagnostics.length - shown.length;
  return [
    '',
    errors > 0
      ? `Not everything could be read: ${counted(errors, 'error')}${noted > 0 ? `, ${counted(noted, 'note')}` : ''}`
      : `${counted(diagnostics.length, 'note')} on what was read`,
    ...shown.flatMap((one) =>
      wrap(plain(`${toPlace(one)}: ${one.message}`), 76).map(
        (line, index) => `${index === 0 ? '  ' : '    '}${line}`,
      ),
    ),
    ...(rest > 0 ? [`  … and ${grouped(rest)} more: add --all`] : []),
    '',
  ];
}
