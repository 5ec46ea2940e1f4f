import { type Command, InvalidArgumentError, Option } from 'commander';
import type { ExportFlags } from '../audit/export.ts';
import type { LogFlags } from '../audit/log.ts';
import type { ProveFlags } from '../audit/prove.ts';
import type { VerifyFlags } from '../audit/verify.ts';
import { withServer } from '../client.ts';
import { collected, toCount } from '../options.ts';

/** `reeve audit …`: what shows that the log is as it was written. The list itself is one of the lists. */
export function addAuditCommands(audit: Command): void {
  // the list has options of the same names; those behind a subcommand are the subcommand's
  audit.enablePositionalOptions();
  addVerify(audit);
  withServer(audit.command('log').summary('how long the log is, its key, and who has signed it'))
    .addOption(
      new Option('--format <format>')
        .choices(['text', 'json', 'checkpoint', 'key'])
        .default('text'),
    )
    .action(async (flags: LogFlags) => (await import('../audit/log.ts')).showLog(flags));
  withServer(audit.command('export').summary('all entries in their order, a line each'))
    .addOption(new Option('--format <format>').choices(['jsonl', 'syslog']).default('jsonl'))
    .option('--first <entry>', 'begin with this entry', toCount, 1)
    .option('-o, --output <file>', 'write to a file, and what was signed to FILE.checkpoint')
    .action(async (flags: ExportFlags) => (await import('../audit/export.ts')).exportLog(flags));
  withServer(
    audit
      .command('prove')
      .argument('<entry>', 'its number', toSequence)
      .summary('that an entry is in the log'),
  )
    .addOption(new Option('--format <format>').choices(['text', 'json']).default('text'))
    .option('-o, --output <name>', 'write NAME.json and NAME.proof')
    .action(async (sequence: number, flags: ProveFlags) =>
      (await import('../audit/prove.ts')).prove(sequence, flags),
    );
  audit
    .command('verify-proof <name>')
    .summary('verify what `audit prove --output NAME` wrote, offline')
    .requiredOption('--key <key>', 'public key of the log; may be repeated', collected)
    .action(async (name: string, { key }: { readonly key: readonly string[] }) =>
      (await import('../audit/prove.ts')).verifyProof(name, key),
    );
}

function addVerify(audit: Command): void {
  audit
    .command('verify [file]')
    .summary('that nobody has changed the log, offline')
    .description(
      'Reads the log of a data folder (also while a server uses it), or FILE that `reeve audit export` wrote, and compares it with what was signed. Exit status 1: it is not what was signed.',
    )
    .option('--data <dir>', 'data folder of the server; else that of the configuration')
    .option('--config <file>', 'configuration of the server, where the store is elsewhere')
    .option('--checkpoint <file>', 'what was signed; else FILE.checkpoint')
    .option(
      '--kept <file>',
      'a checkpoint that lay elsewhere, such as of a witness; may be repeated',
      collected,
      [],
    )
    .option(
      '--key <key>',
      'public key of the log, or of a witness; may be repeated. Else the key in the data folder',
      collected,
      [],
    )
    .addOption(new Option('--format <format>').choices(['text', 'json']).default('text'))
    .action(async (file: string | undefined, flags: VerifyFlags) =>
      (await import('../audit/verify.ts')).verify(file, flags),
    );
}

function toSequence(text: string): number {
  const sequence = Number(text);
  if (Number.isSafeInteger(sequence) && sequence > 0) return sequence;
  throw new InvalidArgumentError('use the number of an entry, such as 17.');
}
