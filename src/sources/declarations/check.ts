import type { z } from 'zod';
import type { DataDocument, DataPath } from '../../base/data.ts';
import type { Diagnostic } from '../../base/diagnostic.ts';
import { quote } from '../../base/fault.ts';
import { pick } from '../../base/pick.ts';
import { nearestKey } from './suggestion.ts';

/** More problems of one document than these are counted, not listed. */
const MAX_PROBLEMS = 100;

/** A document with its problems known: what is valid in it can still be read. */
export class CheckedDocument {
  readonly document: DataDocument;
  readonly problems: readonly Diagnostic[];
  readonly #bad = new Set<string>();

  constructor(schema: z.ZodType, document: DataDocument, file: string) {
    this.document = document;
    const result = schema.safeParse(document.value);
    const issues = result.success ? [] : result.error.issues.flatMap(split);
    for (const issue of issues) {
      if (issue.unknownKey === undefined) this.#bad.add(keyOf(issue.path));
    }
    this.problems = issues
      .slice(0, MAX_PROBLEMS)
      .map((issue) => toDiagnostic(schema, document, file, issue));
    if (issues.length > MAX_PROBLEMS) {
      this.problems = [
        ...this.problems,
        {
          severity: 'error',
          code: 'declarations/malformed',
          message: `has ${issues.length - MAX_PROBLEMS} further problems`,
          file,
          ...document.at([]),
        },
      ];
    }
  }

  /** The value at `path`; undefined where it, or something around it, has a problem of its own. */
  at(...path: DataPath): unknown {
    for (let length = 0; length <= path.length; length++) {
      if (this.#bad.has(keyOf(path.slice(0, length)))) return undefined;
    }
    return pick(this.document.value, ...path);
  }

  textAt(...path: DataPath): string | undefined {
    const value = this.at(...path);
    return typeof value === 'string' ? value : undefined;
  }

  /** The valid texts of a list, each with its place in it. */
  textsAt(...path: DataPath): { text: string; index: number }[] {
    return this.indexesOf(...path).flatMap((index) => {
      const text = this.textAt(...path, index);
      return text === undefined ? [] : [{ text, index }];
    });
  }

  indexesOf(...path: DataPath): number[] {
    const value = this.at(...path);
    return Array.isArray(value) ? [...value.keys()] : [];
  }
}

interface Issue {
  readonly path: DataPath;
  readonly message: string;
  readonly unknownKey?: string;
}

/** Paths of data hold no symbols, whatever the library's type says. */
function split(issue: z.core.$ZodIssue): Issue[] {
  const path = issue.path.map((step) => (typeof step === 'number' ? step : String(step)));
  if (issue.code !== 'unrecognized_keys') return [{ path, message: sentenceOf(issue) }];
  return issue.keys.map((unknownKey) => ({
    path,
    unknownKey,
    message: `${quote(unknownKey)} is no key of ${path.length === 0 ? 'a declaration' : quote(path.join('.'))}`,
  }));
}

function sentenceOf(issue: z.core.$ZodIssue): string {
  switch (issue.code) {
    case 'invalid_type':
      return `must be ${WITH_ARTICLE[issue.expected] ?? issue.expected}`;
    case 'invalid_value':
      return `must be ${issue.values.map((value) => quote(value)).join(', ')}`.replace(
        /, (?=[^,]*$)/,
        ' or ',
      );
    case 'too_big':
      return `must have at most ${issue.maximum} ${issue.origin === 'string' ? 'characters' : 'items'}`;
    default:
      return issue.message;
  }
}

const WITH_ARTICLE: Record<string, string> = {
  string: 'a text',
  object: 'a mapping',
  array: 'a list',
};

function toDiagnostic(
  schema: z.ZodType,
  document: DataDocument,
  file: string,
  { path, message, unknownKey }: Issue,
): Diagnostic {
  const problem = { severity: 'error', code: 'declarations/malformed', file } as const;
  if (unknownKey !== undefined) {
    const near = nearestKey(schema, path, unknownKey);
    return {
      ...problem,
      message,
      ...(near !== undefined && { hint: `did you mean ${quote(near)}?` }),
      ...document.at([...path, unknownKey]),
    };
  }
  const name = path.length === 0 ? 'the document' : quote(path.join('.'));
  if (pick(document.value, ...path) === undefined && path.length > 0) {
    return { ...problem, message: `${name} is missing: it ${message}`, ...document.at(path) };
  }
  return { ...problem, message: `${name} ${message}`, ...document.valueAt(path) };
}

function keyOf(path: DataPath): string {
  return JSON.stringify(path);
}
