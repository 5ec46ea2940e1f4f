import { randomBytes } from 'node:crypto';
import type { Severity } from '../../estate/index.ts';
import { writeOutput } from '../output.ts';
import { findRevisions } from './base.ts';
import type { FORMATS as Formats } from './report/index.ts';
import { compareStates } from './states.ts';

export interface CheckFlags {
  readonly base: string;
  readonly head?: string;
  readonly direct: boolean;
  readonly format: keyof typeof Formats;
  readonly failOn: Severity;
  readonly output?: string;
  /** More reports, each into a file. */
  readonly report: readonly ReportFlag[];
  readonly maxBlast: number;
  readonly sensitive: readonly string[];
  readonly environment: string;
  readonly trustDomain: string;
  readonly secondsPerFile: number;
}

/** `sarif=check.sarif` */
export interface ReportFlag {
  readonly format: CheckFlags['format'];
  readonly file: string;
}

/** Compares two states of a repository, prints what the change newly allows, and sets the exit status. */
export async function check(folder: string, flags: CheckFlags): Promise<void> {
  const { environment, trustDomain, secondsPerFile, failOn, maxBlast, sensitive } = flags;
  const now = Date.now();
  const comparing = compareStates(
    () => findRevisions(folder, flags),
    {
      environment,
      trustDomains: [trustDomain],
      // The two states are compared with each other and with nothing else.
      fingerprintKey: randomBytes(32),
      now,
    },
    { maxBlast, sensitive, today: new Date(now).toISOString().slice(0, 10) },
    secondsPerFile,
  );
  // Loaded while both states are read.
  const [{ FORMATS, toReport }, { revisions, comparison }] = await Promise.all([
    import('./report/index.ts'),
    comparing,
  ]);
  const { base, head, prefix } = revisions;
  const { result, diagnostics, identical } = comparison;
  const report = toReport({
    ...{ ...result, diagnostics, failOn, base, head, identical },
    prefix: base.kind === 'commit' ? prefix : '',
  });
  for (const { format, file } of flags.report) {
    writeOutput(FORMATS[format](report, { ...flags, output: file }), file);
  }
  writeOutput(FORMATS[flags.format](report, flags), flags.output);
  process.exitCode = report.verdict === 'rejected' ? 1 : 0;
}
