import { readFileSync } from 'node:fs';
import type { z } from 'zod';
import { parseYaml } from './data.ts';
import { Fault, messageOf, quote } from './fault.ts';

/** Reads a YAML configuration file against a strict schema; without a file, the schema's defaults.
 *  Every problem is told at once, with its place. The result is frozen.
 *  @throws {Fault} `config/not-found`, `config/malformed` */
export function loadConfig<Schema extends z.ZodType>(
  schema: Schema,
  file?: string,
): z.infer<Schema> {
  const document = file === undefined ? undefined : readDocument(file);
  const result = schema.safeParse(document?.value ?? {});
  if (result.success) return deepFreeze(result.data);
  const problems = result.error.issues.map((issue) => {
    const path = issue.path.map((step) => (typeof step === 'symbol' ? String(step) : step));
    const place = document ? `${file}:${document.at(path).line}: ` : '';
    return `${place}${path.join('.') || '(root)'}: ${issue.message}`;
  });
  throw new Fault(
    'config/malformed',
    `The configuration is not valid:\n  ${problems.join('\n  ')}`,
    {
      hint: 'docs/configuration.md lists every setting',
    },
  );
}

function readDocument(file: string) {
  let text: string;
  try {
    text = readFileSync(file, 'utf8');
  } catch (thrown) {
    throw new Fault('config/not-found', `${quote(file, 200)} cannot be read: ${messageOf(thrown)}`);
  }
  const { documents, problems } = parseYaml(text);
  const problem = problems[0];
  if (problem) {
    throw new Fault('config/malformed', problem.message, {
      file,
      line: problem.line,
      column: problem.column,
    });
  }
  return documents[0];
}

function deepFreeze<Value>(value: Value): Value {
  if (typeof value === 'object' && value !== null && !Object.isFrozen(value)) {
    Object.freeze(value);
    for (const child of Object.values(value)) deepFreeze(child);
  }
  return value;
}
