import type { Command } from 'commander';
import { DEFAULT_SECONDS_PER_FILE } from '../../server/stalls.ts';
import { toSeconds } from '../options.ts';
import { isSupervised, supervise } from '../supervise.ts';

/** What every command has that asks the policy of a folder. */
export interface FolderFlags {
  readonly environment: string;
  readonly trustDomain: string;
  readonly secondsPerFile: number;
}

/** Adds the options of commands that ask the policy of a folder. */
export function withFolder(command: Command): Command {
  return command
    .option('--environment <name>', 'environment of what names none', 'default')
    .option(
      '--trust-domain <name>',
      'trust domain of the SPIFFE IDs that services have',
      'reeve.local',
    )
    .option(
      '--seconds-per-file <seconds>',
      'how long reading one file may take before it is left out',
      toSeconds,
      DEFAULT_SECONDS_PER_FILE,
    );
}

/** Runs what reads a folder in a process of its own, which can be ended where a file takes too long.
 *  @param load what does the work, loaded in that process alone */
export function supervised<Arguments extends readonly unknown[]>(
  load: () => Promise<(...args: Arguments) => Promise<void> | void>,
): (...args: Arguments) => Promise<void> {
  return async (...args) => {
    if (isSupervised()) {
      const run = await load();
      await run(...args);
      return;
    }
    const flags = args.find((one) => typeof one === 'object' && one !== null);
    const { secondsPerFile = DEFAULT_SECONDS_PER_FILE } = (flags ?? {}) as Partial<FolderFlags>;
    process.exitCode = await supervise(secondsPerFile);
  };
}
