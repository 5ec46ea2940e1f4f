import { type Command, InvalidArgumentError, Option } from 'commander';
import { KEEP_REASONS } from '../../tracing/traces/index.ts';
import { type AnswerFlags, withFormat, withLimit } from '../answers.ts';
import { toCount } from '../options.ts';
import { showBaseline } from '../tracing/baseline.ts';
import { type EdgeFlags, listEdges, showEdge } from '../tracing/edges.ts';
import { listTraces, showTrace, type TraceFlags } from '../tracing/traces.ts';

/** `reeve traces`, `edges` and `baseline`: what a running server knows of single requests, and of what is usual. */
export function addTraces(program: Command): void {
  withLimit(
    program
      .command('traces')
      .argument('[trace]', 'show this one, request by request; without it, list those kept')
      .summary('the traces that are kept whole, and each as a waterfall'),
  )
    .option('--service <service>', 'only those that this service took part in, by its id')
    .addOption(new Option('--reason <reason>', 'only those kept for it').choices([...KEEP_REASONS]))
    .option('--from <time>', 'begun at this time or later', toTime)
    .option('--to <time>', 'begun before this time', toTime)
    .action((id: string | undefined, flags: TraceFlags) =>
      id === undefined ? listTraces(flags) : showTrace(id, flags),
    );
  const edges = withLimit(
    program
      .command('edges')
      .summary('who calls whom as traces show it, with numbers and evidence')
      // the list has options of the same names; those behind a subcommand are the subcommand's
      .enablePositionalOptions(),
  )
    .option('--service <service>', 'only what lies around this service, by its id')
    .option('--depth <edges>', 'how far around it', toCount, 1)
    .option('--namespace <namespace>', 'only edges of services of this namespace')
    .option('--since <time>', 'seen at this time or later', toTime)
    .addOption(
      new Option('--evidence <rank>', 'only edges whose callers are known so').choices([
        'authenticated',
        'asserted',
        'none',
      ]),
    )
    .action((flags: EdgeFlags) => listEdges(flags));
  withFormat(
    edges.command('show <from> <to>').summary('one edge, by ids, with its endpoints; * is outside'),
  ).action((from: string, to: string, flags: AnswerFlags) => showEdge(from, to, flags));
  withFormat(
    program
      .command('baseline <service>')
      .summary('what is usual for a service, by its id, and how well that is known'),
  ).action((service: string, flags: AnswerFlags) => showBaseline(service, flags));
}

/** RFC 3339, or a date, as the API takes it. */
function toTime(text: string): string {
  const isTime =
    /^\d{4}-\d{2}-\d{2}(?:[Tt ]\d{2}:\d{2}(?::\d{2}(?:\.\d{1,9})?)?(?:[Zz]|[+-]\d{2}:\d{2}))?$/;
  const time = isTime.test(text) ? Date.parse(text) : Number.NaN;
  if (!Number.isNaN(time)) return new Date(time).toISOString();
  throw new InvalidArgumentError('use a time as 2026-01-05T10:00:00Z, or a date.');
}
