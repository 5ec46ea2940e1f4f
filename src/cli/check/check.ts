import { randomBytes } from 'node:crypto';
import { check as judge } from '../../authorization/check/index.ts';
import type { Severity } from '../../estate/index.ts';
import { writeOutput } from '../output.ts';
import { painterFor } from '../terminal.ts';
import { findRevisions } from './base.ts';
import { toGithub } from './report/github.ts';
import { toJson } from './report/json.ts';
import { toJunit } from './report/junit.ts';
import { toMarkdown } from './report/markdown.ts';
import { type CheckReport, toReport } from './report/report.ts';
import { toSarif } from './report/sarif.ts';
import { toText } from './report/text.ts';
import { readStates } from './states.ts';

export interface CheckFlags {
  readonly base: string;
  readonly head?: string;
  readonly direct: boolean;
  readonly format: keyof typeof FORMATS;
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

export const FORMATS = {
  text: (report: CheckReport, { output }: CheckFlags) =>
    toText(report, painterFor(output === undefined ? process.stdout : {}, process.env)),
  markdown: toMarkdown,
  json: toJson,
  sarif: toSarif,
  junit: toJunit,
  github: toGithub,
} as const;

/** Compares two states of a repository, prints what the change newly allows, and sets the exit status. */
export async function check(folder: string, flags: CheckFlags): Promise<void> {
  const revisions = findRevisions(folder, flags);
  const { base, head, prefix } = revisions;
  const { environment, trustDomain, secondsPerFile, failOn, maxBlast, sensitive } = flags;
  const states = await readStates(
    revisions,
    {
      environment,
      trustDomains: [trustDomain],
      // The two states are compared with each other and with nothing else.
      fingerprintKey: randomBytes(32),
      now: Date.now(),
    },
    secondsPerFile,
  );
  const result = judge(states.base, states.head, { maxBlast, sensitive });
  const report = toReport({
    ...result,
    diagnostics: states.head.diagnostics,
    failOn,
    base,
    head,
    identical: states.identical,
    prefix: base.kind === 'commit' ? prefix : '',
  });
  for (const { format, file } of flags.report) {
    writeOutput(FORMATS[format](report, { ...flags, output: file }), file);
  }
  writeOutput(FORMATS[flags.format](report, flags), flags.output);
  process.exitCode = report.verdict === 'rejected' ? 1 : 0;
}
