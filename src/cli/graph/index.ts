import { type Diagnostic, toPlace } from '../../base/diagnostic.ts';
import { Fault } from '../../base/fault.ts';
import { SEVERITIES, type Severity } from '../../estate/index.ts';
import type { Alert } from '../../tracing/index.ts';
import { LeftOutCounts } from '../discover/left-out.ts';
import { toInputs } from '../input-files.ts';
import { writeOutput } from '../output.ts';
import { errorsOfPolicy, tellProblems } from '../policy/problems.ts';
import { grouped, painterFor, progressOn } from '../terminal.ts';
import { readDeclared, type Surroundings } from './declared.ts';
import { follow, startsOf } from './follow.ts';
import { toJson } from './json.ts';
import { OwnEstate } from './own-estate.ts';
import { OwnNames } from './own-names.ts';
import { readSpans, TRACE_FILES } from './reading/index.ts';
import type { GraphContext, GraphReport } from './report.ts';
import { SpanTimes } from './span-times.ts';
import { SpanSpool } from './spool/index.ts';
import { toText } from './text.ts';

export interface GraphFlags {
  readonly format: keyof typeof FORMATS;
  /** Milliseconds since 1970. */
  readonly baselineUntil?: number;
  readonly declared?: string;
  readonly environment: string;
  readonly trustDomain: string;
  readonly failOn?: Severity;
  readonly output?: string;
}

const FORMATS = {
  text: (report: GraphReport, context: GraphContext, { output }: GraphFlags) =>
    toText(report, context, painterFor(output === undefined ? process.stdout : {}, process.env)),
  json: toJson,
} as const;

const MEGABYTE = 1024 * 1024;

/** Builds the call graph of trace files, tells what in them is unusual, and sets the exit status.
 *  @throws {Fault} where a file cannot be read at all, or none of them holds a span; `folder/…` */
export async function graph(files: readonly string[], flags: GraphFlags): Promise<void> {
  const inputs = toInputs(files, TRACE_FILES);
  const declared = readSurroundings(flags);
  const leftOut = new LeftOutCounts();
  const times = new SpanTimes();
  const spool = new SpanSpool();
  try {
    await fill(spool, times, inputs, leftOut);
    const range = times.range();
    if (range === undefined) {
      tellLeftOut(leftOut);
      throw new Fault(
        'graph/spans-not-found',
        'no span of a request could be read from these files',
        {
          hint: 'name files of OTLP JSON, of JSON access logs of Istio, or of flows of Hubble',
        },
      );
    }
    const surroundings = declared ?? undeclared(spool);
    const { from, to } = range;
    const baselineUntil = flags.baselineUntil ?? from + (to - from) / 2;
    const report = follow(spool, surroundings, baselineUntil);
    const spans = spool.count;
    const context = {
      files: inputs.length,
      spans,
      from,
      to,
      baselineUntil,
      leftOut: leftOut.list(),
    };
    if (flags.format !== 'text') tellLeftOut(leftOut);
    writeOutput(FORMATS[flags.format](report, context, flags), flags.output);
    process.exitCode = isGateFailed(report.alerts, flags.failOn) ? 1 : 0;
  } finally {
    spool.close();
  }
}

function readSurroundings({
  declared,
  environment,
  trustDomain,
}: GraphFlags): Surroundings | undefined {
  if (declared === undefined) return undefined;
  const { diagnostics, ...surroundings } = readDeclared(declared, environment, trustDomain);
  tellProblems(errorsOfPolicy(diagnostics));
  return surroundings;
}

/** Without declarations services are those that speak. */
function undeclared(spool: SpanSpool): Surroundings {
  const estate = new OwnEstate();
  const learnt = (services: Iterable<string>) => estate.learnt(services);
  return { estate, resolver: new OwnNames(spool.parties), learnt };
}

async function fill(
  spool: SpanSpool,
  times: SpanTimes,
  inputs: ReturnType<typeof toInputs>,
  leftOut: LeftOutCounts,
): Promise<void> {
  const progress = progressOn(process.stderr, 'megabytes read:');
  const total = inputs.reduce((sum, { sizeBytes }) => sum + sizeBytes, 0);
  let done = 0;
  await readSpans(inputs, {
    leftOut,
    take: (batch) => {
      for (const start of startsOf(batch)) times.add(start);
      spool.add(batch);
    },
    tell: (diagnostic) => {
      progress.end();
      tell(diagnostic);
    },
    onRead: (bytes) => {
      done += bytes;
      progress.update(Math.ceil(done / MEGABYTE), Math.ceil(Math.max(done, total) / MEGABYTE));
    },
  });
  progress.end();
  if (spool.leftOut > 0) leftOut.add('span: too many of them', 'unread', undefined, spool.leftOut);
  if (spool.namesLeftOut > 0) {
    leftOut.add('name: too many of them', 'unread', undefined, spool.namesLeftOut);
  }
}

function isGateFailed(alerts: readonly Alert[], failOn: Severity | undefined): boolean {
  if (failOn === undefined) return false;
  const worst = SEVERITIES.indexOf(failOn);
  return alerts.some(({ severity }) => SEVERITIES.indexOf(severity) <= worst);
}

/** Reasons and places, never text of a file, which may hold secrets. */
function tellLeftOut(leftOut: LeftOutCounts): void {
  for (const { reason, kind, count, first } of leftOut.list()) {
    if (kind !== 'unread') continue;
    const places = `${first.map(toPlace).join(', ')}${count > first.length ? ' …' : ''}`;
    tell({
      severity: 'warning',
      code: 'graph/left-out',
      message: `left out ${grouped(count)}: ${reason}${first.length === 0 ? '' : ` (${places})`}`,
    });
  }
}

function tell(diagnostic: Diagnostic): void {
  const place = toPlace(diagnostic);
  console.error(`reeve: ${place === '' ? '' : `${place}: `}${diagnostic.message}`);
}
