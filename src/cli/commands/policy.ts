import type { Command } from 'commander';
import { addCompile } from '../policy/compile-command.ts';
import { addExplain } from '../policy/explain-command.ts';
import { addFmt } from '../policy/fmt-command.ts';
import { addSuggest } from '../policy/suggest-command.ts';
import { addTest } from '../policy/test-command.ts';
import { addValidate } from '../policy/validate-command.ts';

/** What `reeve policy` can do; one more is one line more. */
const SUBCOMMANDS: readonly ((policy: Command) => void)[] = [
  addValidate,
  addTest,
  addExplain,
  addSuggest,
  addCompile,
  addFmt,
];

/** `reeve policy …`: who may call what, as code. */
export function addPolicy(program: Command): void {
  const policy = program
    .command('policy')
    .summary('who may call what, as code: test, explain, compile');
  for (const add of SUBCOMMANDS) add(policy);
}
