import type { Command } from 'commander';

/** `reeve policy fmt FILE…`: guardrails as Cedar lays them out. */
export function addFmt(policy: Command): void {
  policy
    .command('fmt')
    .argument('<files...>', 'files of guardrails (*.cedar)')
    .summary('lay guardrails out as Cedar does')
    .option('--check', 'write nothing, and end with status 1 where a file is not laid out', false)
    .action(async (files: readonly string[], flags: { readonly check: boolean }) => {
      const { fmt } = await import('./fmt.ts');
      fmt(files, flags);
    });
}
