import { type Command, InvalidArgumentError, Option } from 'commander';
import { SEVERITIES } from '../../estate/index.ts';
import { DEFAULT_SECONDS_PER_FILE } from '../../server/stalls.ts';
import type { GraphFlags } from '../graph/index.ts';
import { toSeconds } from '../options.ts';
import { isSupervised, supervise } from '../supervise.ts';

/** `reeve graph FILE…`: the call graph that traces show, and what is unusual in them, offline. */
export function addGraph(program: Command): void {
  program
    .command('graph')
    .argument('<files...>', 'traces or flows, plain or gzip; `-` is standard input')
    .summary('build the call graph from trace files offline, and run the detections')
    .description(
      'Reads traces (OTLP JSON: one request a line, or one in the file) and flows (JSON access logs of Istio, exports of Hubble), learns what is usual from the first of them, and tells what is unusual in the others: who reached whom by which way, and why that is worth a look. With declarations, it says of each call whether it is declared.',
    )
    .addOption(
      new Option('--format <format>', 'how to print it').choices(['text', 'json']).default('text'),
    )
    .option(
      '--baseline-until <time>',
      'judge what comes from this time on; without it, the second half of the time',
      toTime,
    )
    .option('--declared <dir>', 'judge by what this repository declares')
    .option('--environment <name>', 'environment of what names none, with --declared', 'default')
    .option(
      '--trust-domain <name>',
      'trust domain of the SPIFFE IDs that services have, with --declared',
      'reeve.local',
    )
    .addOption(
      new Option(
        '--fail-on <severity>',
        'end with status 1 if there is an alert of this severity or a worse one',
      ).choices([...SEVERITIES]),
    )
    .option('-o, --output <file>', 'write to a file instead of standard output')
    .option(
      '--seconds-per-file <seconds>',
      'how long reading one file of --declared may take before it is left out',
      toSeconds,
      DEFAULT_SECONDS_PER_FILE,
    )
    .action(async (files: string[], flags: GraphFlags & { readonly secondsPerFile: number }) => {
      if (flags.declared !== undefined && !isSupervised()) {
        process.exitCode = await supervise(flags.secondsPerFile);
        return;
      }
      const { graph } = await import('../graph/index.ts');
      await graph(files, flags);
    });
}

/** RFC 3339, or a date. */
function toTime(text: string): number {
  const isTime =
    /^\d{4}-\d{2}-\d{2}(?:[Tt ]\d{2}:\d{2}(?::\d{2}(?:\.\d{1,9})?)?(?:[Zz]|[+-]\d{2}:\d{2}))?$/;
  const time = isTime.test(text) ? Date.parse(text) : Number.NaN;
  if (!Number.isNaN(time)) return time;
  throw new InvalidArgumentError('use a time as 2026-01-05T10:00:00Z, or a date.');
}
