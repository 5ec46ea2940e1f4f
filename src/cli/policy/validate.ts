import { compareDiagnostics, type Diagnostic, toPlace } from '../../base/diagnostic.ts';
import { lint } from '../../server/authorization/lint.ts';
import { counted, type Painter, painterFor, plain, wrap } from '../terminal.ts';
import { readFolderPolicy } from './folder.ts';
import type { FolderFlags } from './folder-command.ts';
import { isOfPolicy } from './problems.ts';

export interface ValidateFlags extends FolderFlags {
  readonly strict: boolean;
  readonly format: 'text' | 'json';
}

/** Tells what is wrong with the policy of a folder, and sets the exit status; in the process that `supervise` starts.
 *  @throws {Fault} `folder/…` */
export function validate(folder: string, flags: ValidateFlags): void {
  const { environment, trustDomain } = flags;
  const { policy, sources, diagnostics } = readFolderPolicy(folder, environment, [trustDomain]);
  const found = [...diagnostics.filter(isOfPolicy), ...lint(policy, sources)].sort(
    compareDiagnostics,
  );
  if (flags.format === 'json') console.log(JSON.stringify({ problems: found }, null, 2));
  else for (const line of lines(found, painterFor(process.stdout, process.env))) console.log(line);
  const failing = found.filter(
    ({ severity }) => severity === 'error' || (flags.strict && severity === 'warning'),
  );
  process.exitCode = failing.length > 0 ? 1 : 0;
}

const STYLES = { error: 'red', warning: 'yellow', note: 'gray' } as const;

/** Where, what, and what to do: 80 columns. */
function* lines(found: readonly Diagnostic[], paint: Painter): Generator<string> {
  for (const diagnostic of found) {
    const { severity, message, hint } = diagnostic;
    yield `${paint(STYLES[severity], severity.padEnd(8))} ${plain(toPlace(diagnostic))}`;
    for (const line of wrap(plain(message), 76)) yield `  ${line}`;
    if (hint) for (const line of wrap(`fix: ${plain(hint)}`, 76)) yield `  ${line}`;
  }
  const counts = (['error', 'warning', 'note'] as const)
    .map((severity) => ({
      severity,
      count: found.filter((one) => one.severity === severity).length,
    }))
    .filter(({ count }) => count > 0)
    .map(({ severity, count }) => counted(count, severity));
  yield counts.length === 0 ? 'Nothing is wrong with the policy.' : `${counts.join(', ')}.`;
}
