import { RULES } from '../../../authorization/check/index.ts';
import { toPlace } from '../../../base/diagnostic.ts';
import { type JunitCase, junitXml } from '../../report/junit.ts';
import { type CheckReport, type ReportedViolation, waiverText, wrongs } from './report.ts';

const NAME = 'reeve check';

/** JUnit XML: each rule is a case, and one that is broken by violations that reject the change fails. */
export function toJunit(report: CheckReport): string {
  const byRule = Map.groupBy(wrongs(report), ({ rule }) => rule);
  const cases = RULES.filter(({ severity }) => severity !== 'info').map(({ id, title }) =>
    toCase(id, title, byRule.get(id) ?? []),
  );
  return junitXml(NAME, [{ name: NAME, cases }]);
}

function toCase(
  className: string,
  name: string,
  violations: readonly ReportedViolation[],
): JunitCase {
  const details = violations.map(detailOf).join('\n\n');
  const worst = violations.find(({ fails }) => fails);
  if (!worst) return { className, name, output: details };
  return {
    className,
    name,
    failure: { type: worst.severity, message: worst.message, details },
  };
}

function detailOf({
  severity,
  message,
  location,
  newlyReaches,
  remedy,
  id,
  waiver,
}: ReportedViolation): string {
  return [
    `${location ? `${toPlace(location)}: ` : ''}${severity}: ${message}`,
    ...newlyReaches.map((item) => `  newly reaches ${item}`),
    waiver ? `  ${waiverText(waiver)}` : `  fix: ${remedy}`,
    `  id: ${id}`,
  ].join('\n');
}
