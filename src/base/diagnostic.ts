import { Fault, messageOf } from './fault.ts';

/** Something a reader has to say of its input: an error costs (part of) a file, a warning does not,
 *  a note tells what was left out on purpose. */
export interface Diagnostic {
  readonly severity: 'error' | 'warning' | 'note';
  /** Stable, `reader/what-is-wrong`. */
  readonly code: string;
  readonly message: string;
  readonly hint?: string;
  /** Path inside the folder that was read, with `/`. */
  readonly file?: string;
  /** 1-based. */
  readonly line?: number;
  /** 1-based, in UTF-16 code units. */
  readonly column?: number;
}

/** By file, line, column, code. */
export function compareDiagnostics(a: Diagnostic, b: Diagnostic): number {
  return comparePlaces(a, b) || compareText(a.code, b.code) || compareText(a.message, b.message);
}

interface Place {
  readonly file?: string | undefined;
  readonly line?: number | undefined;
  readonly column?: number | undefined;
}

/** By file, line, column; what has none comes first. */
export function comparePlaces(a: Place, b: Place): number {
  return (
    compareText(a.file ?? '', b.file ?? '') ||
    (a.line ?? 0) - (b.line ?? 0) ||
    (a.column ?? 0) - (b.column ?? 0)
  );
}

/** Order by UTF-16 code units: the same on every machine, unlike localeCompare. */
export function compareText(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0;
}

/** Anything thrown while `file` was read, as a diagnostic of that file. */
export function toDiagnostic(thrown: unknown, file: string, code: string): Diagnostic {
  const fault = thrown instanceof Fault ? thrown : undefined;
  return {
    severity: 'error',
    code: fault?.code ?? code,
    message: messageOf(thrown),
    file: fault?.file ?? file,
    ...(fault?.hint !== undefined && { hint: fault.hint }),
    ...(fault?.line !== undefined && { line: fault.line }),
    ...(fault?.column !== undefined && { column: fault.column }),
  };
}

/** `file:line:column` with what is known. */
export function toPlace(at: Place): string {
  return [at.file, at.line, at.line === undefined ? undefined : at.column]
    .filter((part) => part !== undefined)
    .join(':');
}
