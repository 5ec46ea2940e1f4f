import { RULES } from '../../../authorization/check/index.ts';
import { VERSION } from '../../../server/version.ts';
import { LEVELS, SCORES, sarifLocation, sarifLog } from '../../report/sarif-log.ts';
import { type CheckReport, type ReportedViolation, waiverText } from './report.ts';

/** What code hosts take of one log. */
const MAX_RESULTS = 25_000;

/** SARIF 2.1.0, with what is newly reached on the line that changed. */
export function toSarif(report: CheckReport): string {
  const used = new Set(report.violations.map(({ rule }) => rule));
  const rules = RULES.filter(({ id }) => used.has(id));
  const indexes = new Map(rules.map(({ id }, index) => [id, index]));
  return sarifLog({
    version: VERSION,
    rules: rules.map(({ id, title, remedy, severity }) => ({
      id,
      name: id.replace('check/', ''),
      shortDescription: { text: title },
      fullDescription: { text: `${title}. To mend it: ${remedy}.` },
      help: { text: remedy },
      defaultConfiguration: { level: LEVELS[severity] },
      properties: { tags: ['security'], 'security-severity': SCORES[severity] },
    })),
    results: report.violations
      .slice(0, MAX_RESULTS)
      .map((violation) => toResult(violation, indexes.get(violation.rule) ?? 0)),
    diagnostics: report.diagnostics,
  });
}

function toResult(violation: ReportedViolation, ruleIndex: number) {
  const { id, rule, severity, message, newlyReaches, subject, remedy, location, waiver } =
    violation;
  const reached = newlyReaches.length > 0 ? ` Newly reaches: ${newlyReaches.join('; ')}.` : '';
  const isHere = location !== null && location.state === 'head';
  const was = location !== null && !isHere ? ` It was in ${location.file}.` : '';
  return {
    ruleId: rule,
    ruleIndex,
    level: LEVELS[severity],
    message: { text: `${message}.${reached}${was} To mend it: ${remedy}.` },
    locations: isHere ? [sarifLocation(location)] : [],
    // SARIF §3.27.23: once one result has suppressions, all have, if only none.
    suppressions: waiver
      ? [
          {
            kind: 'external',
            status: 'accepted',
            justification: waiverText(waiver),
            location: sarifLocation(waiver.location),
          },
        ]
      : [],
    partialFingerprints: { 'reeveCheck/v1': id },
    properties: { subject, severity, newlyReaches },
  };
}
