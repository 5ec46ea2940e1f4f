import { RULES } from '../../../authorization/check/index.ts';
import { toPlace } from '../../../base/diagnostic.ts';
import { type CheckReport, type ReportedViolation, wrongs } from './report.ts';

/** JUnit XML: each rule is a case, and one that is broken by violations that reject the change fails. */
export function toJunit(report: CheckReport): string {
  const byRule = Map.groupBy(wrongs(report), ({ rule }) => rule);
  const cases = RULES.filter(({ severity }) => severity !== 'info').map(({ id, title }) =>
    testCase(id, title, byRule.get(id) ?? []),
  );
  const failures = cases.filter((text) => text.includes('<failure')).length;
  return [
    '<?xml version="1.0" encoding="UTF-8"?>',
    `<testsuites name="reeve check" tests="${cases.length}" failures="${failures}">`,
    `  <testsuite name="reeve check" tests="${cases.length}" failures="${failures}" errors="0" skipped="0">`,
    ...cases,
    '  </testsuite>',
    '</testsuites>',
    '',
  ].join('\n');
}

function testCase(id: string, title: string, violations: readonly ReportedViolation[]): string {
  const open = `    <testcase classname="${escaped(id)}" name="${escaped(title)}"`;
  if (violations.length === 0) return `${open}/>`;
  const details = escaped(violations.map(detailOf).join('\n\n'));
  const failing = violations.filter(({ fails }) => fails);
  const [worst] = failing;
  const body = worst
    ? `      <failure type="${escaped(worst.severity)}" message="${escaped(worst.message)}">${details}</failure>`
    : `      <system-out>${details}</system-out>`;
  return [`${open}>`, body, '    </testcase>'].join('\n');
}

function detailOf({
  severity,
  message,
  location,
  newlyReaches,
  remedy,
}: ReportedViolation): string {
  return [
    `${location ? `${toPlace(location)}: ` : ''}${severity}: ${message}`,
    ...newlyReaches.map((item) => `  newly reaches ${item}`),
    `  fix: ${remedy}`,
  ].join('\n');
}

/** @see XML 1.0 §2.2: control characters cannot be written, and §2.4 */
function escaped(text: string): string {
  return text
    .replace(
      // biome-ignore lint/suspicious/noControlCharactersInRegex: these are the ones to drop
      /[\u0000-\u0008\u000b\u000c\u000e-\u001f\ufffe\uffff]/g,
      ' ',
    )
    .replace(/[\ud800-\udbff](?![\udc00-\udfff])|(?<![\ud800-\udbff])[\udc00-\udfff]/g, '\ufffd')
    .replace(/[&<>"'\n\t]/g, (character) => ENTITIES[character] ?? character);
}

const ENTITIES: Readonly<Record<string, string>> = {
  '&': '&amp;',
  '<': '&lt;',
  '>': '&gt;',
  '"': '&quot;',
  "'": '&#39;',
  '\n': '&#10;',
  '\t': '&#9;',
};
