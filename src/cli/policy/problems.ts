import { type Diagnostic, toPlace } from '../../base/diagnostic.ts';
import { counted, plain } from '../terminal.ts';

/** As many are told one by one. */
const MAX_PROBLEMS = 50;

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
