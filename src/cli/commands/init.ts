import type { Command } from 'commander';
import { DEFAULT_SECONDS_PER_FILE } from '../../server/stalls.ts';
import { withServer } from '../client.ts';
import type { InitFlags } from '../init/init.ts';
import { isSupervised, supervise } from '../supervise.ts';

/** `reeve init DIR`: drafts the declarations that services do not have yet. */
export function addInit(program: Command): void {
  withServer(
    program
      .command('init')
      .argument('<dir>', 'repository, or folder of manifests')
      .summary('draft a reeve.yaml for every service that has none')
      .description(
        'Drafts declarations from what a repository says of its services: what they offer, whom they call, what they hold. Each is to be read by its team, cut to what is meant, and kept beside its code. Nothing that exists is overwritten.',
      )
      .option('--write', 'write the files instead of printing them', false)
      .option('--observed', 'with the calls that a running server has observed', false),
  ).action(async (folder: string, flags: InitFlags) => {
    if (!isSupervised()) {
      process.exitCode = await supervise(DEFAULT_SECONDS_PER_FILE);
      return;
    }
    const { init } = await import('../init/init.ts');
    await init(folder, flags);
  });
}
