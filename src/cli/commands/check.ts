import { type Command, InvalidArgumentError, Option } from 'commander';
import { SEVERITIES } from '../../estate/index.ts';
import { DEFAULT_SECONDS_PER_FILE } from '../../server/stalls.ts';
import type { CheckFlags, ReportFlag } from '../check/check.ts';

const FORMATS = ['text', 'markdown', 'json', 'sarif', 'junit', 'github'] as const;
const MAX_BLAST = 1_000_000;

/** `reeve check DIR --base REF_OR_DIR`: what a change newly allows; the gate in CI. */
export function addCheck(program: Command): void {
  program
    .command('check')
    .argument('<dir>', 'repository, or a folder of it')
    .summary('what a change newly allows; ends with 1 where a rule rejects it')
    .description(
      'Compares two states of a repository offline: who can reach whom by the network, by the policies of meshes, by declarations, from outside. Tells what is newly reached, with the line that changed, and rejects what breaks a rule that was not broken before.',
    )
    .requiredOption(
      '--base <ref-or-folder>',
      'what to compare with: a branch, tag or commit (where HEAD branched off from it), or a folder',
    )
    .option('--head <ref>', 'check a commit rather than the files as they are')
    .option('--direct', 'compare with the tip of the base itself', false)
    .addOption(new Option('--format <format>', 'how to print it').choices(FORMATS).default('text'))
    .addOption(
      new Option('--fail-on <severity>', 'violations of this severity and worse reject the change')
        .choices([...SEVERITIES])
        .default('medium'),
    )
    .option('-o, --output <file>', 'write the report to a file instead of standard output')
    .option(
      '--report <format=file>',
      'write one more report, as in `sarif=check.sarif`; may be given several times',
      addReport,
      [],
    )
    .option('--max-blast <n>', 'how many more services one may newly reach', toCount, 10)
    .option('--sensitive <tags>', 'tags of data that no path may newly lead to', toTags, [
      'pii',
      'pci',
      'phi',
    ])
    .option('--environment <name>', 'environment of what names none', 'default')
    .option('--trust-domain <name>', 'trust domain of the SPIFFE IDs of services', 'cluster.local')
    .option(
      '--seconds-per-file <seconds>',
      'how long reading one file may take before it is left out',
      toSeconds,
      DEFAULT_SECONDS_PER_FILE,
    )
    .action(async (folder: string, flags: CheckFlags) => {
      const { check } = await import('../check/check.ts');
      await check(folder, flags);
    });
}

function addReport(text: string, before: readonly ReportFlag[]): readonly ReportFlag[] {
  const at = text.indexOf('=');
  const format = FORMATS.find((one) => one === text.slice(0, at));
  const file = text.slice(at + 1);
  if (format && file !== '') return [...before, { format, file }];
  throw new InvalidArgumentError(`use a format (${FORMATS.join(', ')}), \`=\` and a file.`);
}

function toCount(text: string): number {
  if (/^\d{1,7}$/.test(text) && Number(text) <= MAX_BLAST) return Number(text);
  throw new InvalidArgumentError(`use a whole number from 0 to ${MAX_BLAST}.`);
}

function toTags(text: string): string[] {
  const tags = text.split(',').filter((tag) => tag !== '');
  if (tags.every((tag) => /^[a-z0-9-]{1,64}$/.test(tag))) return tags;
  throw new InvalidArgumentError('use tags with commas between them, as in `pii,pci`.');
}

function toSeconds(text: string): number {
  const seconds = Number(text);
  if (Number.isFinite(seconds) && seconds >= 0.1 && seconds <= 86_400) return seconds;
  throw new InvalidArgumentError('use a number of seconds from 0.1 to 86400.');
}
