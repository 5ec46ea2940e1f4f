import { judge } from '../assurance/index.ts';
import { toTimestamp } from '../base/clock.ts';
import { collectGarbage } from '../base/memory.ts';
import { type Finding, SEVERITIES, type Severity, toRecords } from '../estate/index.ts';
import { scanFolder } from '../server/scan.ts';
import { tellPath } from '../server/stalls.ts';
import { VERSION } from '../server/version.ts';
import { userFingerprintKey } from './fingerprint-key.ts';
import { writeOutput } from './output.ts';
import { toHtml } from './report/html/index.ts';
import { toJson } from './report/json.ts';
import { toMarkdown } from './report/markdown.ts';
import type { ReportContext, ScanReport } from './report/report.ts';
import { toSarif } from './report/sarif.ts';
import { toText } from './report/text.ts';
import { stalledBefore } from './supervise.ts';
import { painterFor, progressOn } from './terminal.ts';

export interface ScanFlags {
  readonly format: keyof typeof FORMATS;
  readonly environment: string;
  readonly failOn?: Severity;
  readonly output?: string;
  readonly all: boolean;
  readonly secondsPerFile: number;
}

const FORMATS = {
  text: (report: ScanReport, context: ReportContext, { all, output }: ScanFlags) =>
    toText(report, context, {
      all,
      paint: painterFor(output === undefined ? process.stdout : {}, process.env),
    }),
  json: toJson,
  sarif: toSarif,
  markdown: toMarkdown,
  html: toHtml,
} as const;

/** Scans, prints the report, and sets the exit status; in the process that `supervise` starts. */
export function scan(folder: string, flags: ScanFlags): void {
  const started = performance.now();
  const progress = progressOn(process.stderr, 'reading');
  const { facts, diagnostics, fileCount } = scanFolder(folder, {
    environment: flags.environment,
    fingerprintKey: userFingerprintKey(process.env, (message) =>
      console.error(`reeve: ${message}`),
    ),
    stalled: stalledBefore(),
    onReading: tellPath,
    onProgress: progress.update,
  });
  progress.end();
  collectGarbage();
  const judged = judge(toRecords(facts), toTimestamp(Date.now()));
  const report: ScanReport = { schema: 'reeve.scan/v1', ...judged, diagnostics };
  const elapsedMilliseconds = performance.now() - started;
  const context = { folder, fileCount, elapsedMilliseconds, version: VERSION };
  writeOutput(FORMATS[flags.format](report, context, flags), flags.output);
  process.exitCode = isGateFailed(judged.findings, flags.failOn) ? 1 : 0;
}

function isGateFailed(findings: readonly Finding[], failOn: Severity | undefined): boolean {
  if (failOn === undefined) return false;
  const worst = SEVERITIES.indexOf(failOn);
  return findings.some(({ severity }) => SEVERITIES.indexOf(severity) <= worst);
}
