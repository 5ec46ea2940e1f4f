import { CONTROLS } from '../../assurance/index.ts';
import type { Finding } from '../../estate/index.ts';
import type { ReportContext, ScanReport } from './report.ts';
import { LEVELS, SCORES, sarifLocation, sarifLog } from './sarif-log.ts';

/** SARIF: one rule a control, one result a finding, and diagnostics as notifications of the tool. */
export function toSarif(report: ScanReport, context: ReportContext): string {
  const used = [...new Set(report.findings.map(({ control }) => control))].sort();
  return sarifLog({
    version: context.version,
    rules: used.map(toRule),
    results: report.findings.map((finding) => toResult(finding, used)),
    diagnostics: report.diagnostics,
  });
}

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
    locations: finding.location ? [sarifLocation(finding.location)] : [],
    partialFingerprints: { 'reeveFinding/v1': finding.id },
    properties: { subject: finding.subject, severity: finding.severity },
  };
}
