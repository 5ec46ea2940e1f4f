/** A test as JUnit's XML has it. */
export interface JunitCase {
  readonly className: string;
  readonly name: string;
  readonly failure?: { readonly type: string; readonly message: string; readonly details: string };
  /** What it has to say without failing. */
  readonly output?: string;
}

export interface JunitSuite {
  readonly name: string;
  readonly cases: readonly JunitCase[];
}

/** JUnit XML, as servers of CI read it. */
export function junitXml(name: string, suites: readonly JunitSuite[]): string {
  return [
    '<?xml version="1.0" encoding="UTF-8"?>',
    `<testsuites name="${escaped(name)}" ${countsOf(suites.flatMap(({ cases }) => cases))}>`,
    ...suites.flatMap(suiteLines),
    '</testsuites>',
    '',
  ].join('\n');
}

function suiteLines({ name, cases }: JunitSuite): string[] {
  return [
    `  <testsuite name="${escaped(name)}" ${countsOf(cases)} errors="0" skipped="0">`,
    ...cases.flatMap(caseLines),
    '  </testsuite>',
  ];
}

function countsOf(cases: readonly JunitCase[]): string {
  const failures = cases.filter(({ failure }) => failure !== undefined).length;
  return `tests="${cases.length}" failures="${failures}"`;
}

function caseLines({ className, name, failure, output }: JunitCase): string[] {
  const open = `    <testcase classname="${escaped(className)}" name="${escaped(name)}"`;
  const body: string[] = [];
  if (failure) {
    const { type, message, details } = failure;
    body.push(
      `      <failure type="${escaped(type)}" message="${escaped(message)}">${escaped(details)}</failure>`,
    );
  }
  if (output) body.push(`      <system-out>${escaped(output)}</system-out>`);
  return body.length === 0 ? [`${open}/>`] : [`${open}>`, ...body, '    </testcase>'];
}

const ENTITIES: Readonly<Record<string, string>> = {
  '&': '&amp;',
  '<': '&lt;',
  '>': '&gt;',
  '"': '&quot;',
  "'": '&apos;',
  '\n': '&#10;',
  '\t': '&#9;',
};

/** @see XML 1.0 §2.2: control characters and halves of pairs cannot be written, and §2.4 */
function escaped(text: string): string {
  return text
    .toWellFormed()
    .replace(
      // biome-ignore lint/suspicious/noControlCharactersInRegex: these are the ones to drop
      /[\u0000-\u0008\u000b-\u001f\ufffe\uffff]/g,
      ' ',
    )
    .replace(/[&<>"'\n\t]/g, (character) => ENTITIES[character] ?? character);
}
