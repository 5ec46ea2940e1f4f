import { CONTROLS } from '../../assurance/index.ts';
import type { Finding, Severity } from '../../estate/index.ts';
import type { ReportContext, ScanReport } from './report.ts';

/** SARIF 2.1.0 (OASIS), as code hosts take it: one rule a control, one result a finding, and
 *  diagnostics as notifications of the tool. */
export function toSarif(report: ScanReport, context: ReportContext): string {
  const used = [...new Set(report.findings.map(({ control }) => control))].sort();
  const log = {
    $schema: 'https://json.schemastore.org/sarif-2.1.0.json',
    version: '2.1.0',
    runs: [
      {
        tool: {
          driver: {
            name: 'Reeve',
            semanticVersion: context.version,
            rules: used.map(toRule),
          },
        },
        columnKind: 'utf16CodeUnits',
        results: report.findings.map((finding) => toResult(finding, used)),
        invocations: [
          {
            executionSuccessful: true,
            toolExecutionNotifications: report.diagnostics.map((one) => ({
              level: one.severity,
              descriptor: { id: one.code },
              message: { text: one.message },
              ...(one.file && { locations: [toLocation({ ...one, file: one.file })] }),
            })),
          },
        ],
      },
    ],
  };
  return `${JSON.stringify(log, null, 2)}\n`;
}

const LEVELS: Record<Severity, 'error' | 'warning' | 'note'> = {
  critical: 'error',
  high: 'error',
  medium: 'warning',
  low: 'note',
  info: 'note',
};
/** CVSS-like scores that code hosts sort by. */
const SCORES: Record<Severity, string> = {
  critical: '9.5',
  high: '8.0',
  medium: '5.5',
  low: '2.5',
  info: '0.0',
};

function toRule(id: string) {
  const control = CONTROLS.get(id);
  return {
    id,
    shortDescription: { text: control?.title ?? id },
    help: { text: control?.remedy ?? '' },
    defaultConfiguration: { level: LEVELS[control?.severity ?? 'info'] },
    properties: {
      tags: ['security', ...(control?.frameworks ?? [])],
      'security-severity': SCORES[control?.severity ?? 'info'],
    },
  };
}

function toResult(finding: Finding, rules: readonly string[]) {
  return {
    ruleId: finding.control,
    ruleIndex: rules.indexOf(finding.control),
    level: LEVELS[finding.severity],
    message: { text: `${finding.message}. To mend it: ${finding.remedy}.` },
    locations: finding.location ? [toLocation(finding.location)] : [],
    partialFingerprints: { 'reeveFinding/v1': finding.id },
    properties: { subject: finding.subject, severity: finding.severity },
  };
}

function toLocation(at: { file: string; line?: number | undefined; column?: number | undefined }) {
  return {
    physicalLocation: {
      artifactLocation: { uri: at.file.split('/').map(encodeURIComponent).join('/') },
      ...(at.line !== undefined && {
        region: { startLine: at.line, ...(at.column !== undefined && { startColumn: at.column }) },
      }),
    },
  };
}
