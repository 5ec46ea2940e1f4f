import type { ScanReport } from './report.ts';

const LISTS = ['services', 'endpoints', 'calls', 'credentials', 'findings'] as const;

/** One object (`reeve.scan/v1`), indented so that differences read well; in pieces, since the lists of
 *  a large estate make more text than should be held at once. */
export function* toJson(report: ScanReport): Generator<string> {
  yield `{\n  "schema": ${JSON.stringify(report.schema)}`;
  for (const name of LISTS) yield* list(name, report[name]);
  yield `,\n  "answers": ${indented(report.answers, '  ')}`;
  yield* list('diagnostics', report.diagnostics);
  yield '\n}\n';
}

function* list(name: string, items: readonly unknown[]): Generator<string> {
  yield `,\n  ${JSON.stringify(name)}: [`;
  for (const [index, item] of items.entries()) {
    yield `${index === 0 ? '' : ','}\n    ${indented(item, '    ')}`;
  }
  yield items.length === 0 ? ']' : '\n  ]';
}

/** No line break stands inside a JSON string, so each one ends a line. */
function indented(value: unknown, indent: string): string {
  return JSON.stringify(value, null, 2).replaceAll('\n', `\n${indent}`);
}
