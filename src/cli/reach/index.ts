import { analyse, type Reach } from '../../authorization/reach/index.ts';
import { type Diagnostic, toPlace } from '../../base/diagnostic.ts';
import { readNetwork } from '../../server/network-of-folder.ts';
import { tellPath } from '../../server/stalls.ts';
import { writeOutput } from '../output.ts';
import { stalledBefore } from '../supervise.ts';
import { counted, painterFor, plain, progressOn } from '../terminal.ts';
import { toExplanationText } from './explanation.ts';
import { toExposureText } from './exposure.ts';
import { toArray, toLines } from './json.ts';
import { toReachText } from './text.ts';

export interface ReachFlags {
  readonly from?: string;
  readonly to?: string;
  readonly format: 'text' | 'json' | 'ndjson';
  readonly explain: boolean;
  readonly exposure: boolean;
  readonly output?: string;
}

/** As many warnings are told one by one. */
const MAX_WARNINGS = 50;

/** Reads a folder and prints who reaches whom; in the process that `supervise` starts. */
export function reach(folder: string, flags: ReachFlags): void {
  const progress = progressOn(process.stderr, 'reading');
  const { network, permissions, diagnostics } = readNetwork(folder, {
    stalled: stalledBefore(),
    onReading: tellPath,
    onProgress: progress.update,
  });
  progress.end();
  const result = analyse(network, { permissions });
  tell([...diagnostics, ...result.diagnostics]);
  const sizes = {
    workloads: network.workloads.length,
    policies: network.policies.length,
  };
  writeOutput(toOutput(result, flags, sizes), flags.output);
}

interface Sizes {
  readonly workloads: number;
  readonly policies: number;
}

function toOutput(result: Reach, flags: ReachFlags, sizes: Sizes): string | Iterable<string> {
  const paint = painterFor(flags.output === undefined ? process.stdout : {}, process.env);
  const { from, to } = flags;
  const filter = { ...(from !== undefined && { from }), ...(to !== undefined && { to }) };
  if (flags.exposure) {
    const all = result.exposure(to === undefined ? {} : { workload: to });
    return flags.format === 'text' ? toExposureText(all, paint) : toData(all, flags);
  }
  if (flags.explain) {
    const all = result.explanations(filter);
    return flags.format === 'text' ? toExplanationText(all, paint) : toData(all, flags);
  }
  const rows = result.rows(filter);
  return flags.format === 'text' ? toReachText(rows, sizes, paint) : toData(rows, flags);
}

function toData(items: Iterable<unknown>, { format }: ReachFlags): Iterable<string> {
  return format === 'json' ? toArray(items) : toLines(items);
}

/** Problems go to standard error, so that results can be piped. */
function tell(diagnostics: readonly Diagnostic[]): void {
  const problems = diagnostics.filter(({ severity }) => severity !== 'note');
  for (const problem of problems.slice(0, MAX_WARNINGS)) {
    const place = toPlace(problem);
    console.error(
      plain(`${place === '' ? '' : `${place}: `}${problem.severity}: ${problem.message}`),
    );
    if (problem.hint !== undefined && problem.severity === 'error') {
      console.error(plain(`  ${problem.hint}`));
    }
  }
  const more = problems.length - MAX_WARNINGS;
  if (more > 0) console.error(`… and ${counted(more, 'more problem')}`);
}
