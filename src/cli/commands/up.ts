import type { Command } from 'commander';
import type { UpFlags } from '../up.ts';

/** `reeve up`: the server, until a signal ends it. */
export function addUp(program: Command): void {
  program
    .command('up')
    .summary('run the server')
    .description(
      'Runs the server: HTTP API and console on 127.0.0.1:7070, traces by OTLP over HTTP on 127.0.0.1:4318. Ctrl-C ends it.',
    )
    .option('--data <dir>', 'data folder (else `data` of the configuration)')
    .option('--config <file>', 'configuration file (docs/configuration.md)')
    .action(async (flags: UpFlags) => {
      const { up } = await import('../up.ts');
      await up(flags);
    });
}
