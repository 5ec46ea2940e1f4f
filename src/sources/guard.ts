import { type Diagnostic, toDiagnostic } from '../base/diagnostic.ts';
import { Fault } from '../base/fault.ts';

export type Report = (diagnostic: Diagnostic) => void;

/** Runs one step of a reader. What it throws becomes a diagnostic of the file (of the folder, where
 *  there is none), so that it costs what that step would have read, and nothing of the others. */
export function guard<Result>(
  report: Report,
  reader: string,
  path: string | undefined,
  ask: () => Result,
): Result | undefined {
  try {
    return ask();
  } catch (thrown) {
    report(toFailure(thrown, reader, path));
    return undefined;
  }
}

/** The message of an error that nobody foresaw may quote what was read, a secret included, so only
 *  its name is told. */
function toFailure(thrown: unknown, reader: string, path: string | undefined): Diagnostic {
  const code = `${reader}/failed`;
  if (thrown instanceof Fault) return toDiagnostic(thrown, path ?? '.', code);
  const name = thrown instanceof Error ? thrown.name : typeof thrown;
  return {
    severity: 'error',
    code,
    message: `the ${reader} reader failed on ${path === undefined ? 'the folder' : 'this file'} (${name}); the other readers went on`,
    hint: 'this is a fault of Reeve: report it with a file that shows it',
    file: path ?? '.',
  };
}
