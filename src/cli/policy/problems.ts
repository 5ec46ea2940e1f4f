import { type Diagnostic, toPlace } from '../../base/diagnostic.ts';
import { counted, plain } from '../terminal.ts';

/** As many are told one by one. */
const MAX_PROBLEMS = 50;

/** Whether it is about what policies are made of: what else a repository holds is another command's business. */
export function isOfPolicy({ code }: Diagnostic): boolean {
  return /^(?:declarations|guardrail|group|data)\//.test(code);
}

/** What keeps the policy from being what its files were meant to say. */
export function errorsOfPolicy(diagnostics: readonly Diagnostic[]): Diagnostic[] {
  return diagnostics.filter((one) => one.severity === 'error' && isOfPolicy(one));
}

/** Tells what is wrong with the files of a folder on standard error, so that results can be piped. */
export function tellProblems(diagnostics: readonly Diagnostic[]): void {
  const problems = diagnostics.filter(({ severity }) => severity !== 'note');
  for (const problem of problems.slice(0, MAX_PROBLEMS)) {
    const place = toPlace(problem);
    const text = `${place === '' ? '' : `${place}: `}${problem.severity}: ${problem.message}`;
    console.error(plain(text));
    if (problem.hint !== undefined) console.error(plain(`  ${problem.hint}`));
  }
  const more = problems.length - MAX_PROBLEMS;
  if (more > 0) console.error(`… and ${counted(more, 'more problem')}`);
}
