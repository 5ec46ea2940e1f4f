import { toPlace } from '../../base/diagnostic.ts';
import { grouped, plain } from '../terminal.ts';
import { answerLines, byControl, severityCounts } from './answers.ts';
import type { ReportContext, ScanReport } from './report.ts';

const FINDINGS_SHOWN = 20;

/** GitHub-flavoured Markdown, for a pull request or a wiki. */
export function toMarkdown(report: ScanReport, context: ReportContext): string {
  return [
    `# Reeve: ${cell(context.folder)}`,
    '',
    '| question | answer | what fails it |',
    '| --- | --- | --- |',
    ...answerLines(report).map(
      ({ question, total, satisfied, isYes, failing }) =>
        `| ${question} | ${total === 0 ? 'none found' : `${isYes ? 'yes' : '**no**'}, ${grouped(satisfied)} of ${grouped(total)}`} | ${failing} |`,
    ),
    '',
    '| services | endpoints | calls | credentials | findings |',
    '| ---: | ---: | ---: | ---: | ---: |',
    `| ${[report.services, report.endpoints, report.calls, report.credentials, report.findings].map(({ length }) => grouped(length)).join(' | ')} |`,
    '',
    report.findings.length === 0
      ? 'No findings.'
      : `## Findings: ${severityCounts(report.findings)}`,
    ...byControl(report.findings).flatMap(({ control, severity, findings }) => [
      '',
      `### ${severity}: ${control} (${findings.length})`,
      '',
      '| where | what |',
      '| --- | --- |',
      ...findings
        .slice(0, FINDINGS_SHOWN)
        .map(
          (one) =>
            `| ${one.location ? `\`${cell(toPlace(one.location))}\`` : ''} | ${cell(one.message)} |`,
        ),
      ...(findings.length > FINDINGS_SHOWN
        ? [`| | … and ${findings.length - FINDINGS_SHOWN} more |`]
        : []),
      '',
      `To mend it: ${findings[0]?.remedy ?? ''}.`,
    ]),
    '',
  ].join('\n');
}

/** Foreign text in a table cell: no markup of its own, no line break. Backticks of our messages stay. */
function cell(text: string): string {
  return plain(text).replace(/[\\|<>[\]*_]/g, (character) => `\\${character}`);
}
