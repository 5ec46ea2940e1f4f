import {
  type CaseResult,
  type Decide,
  runCases,
  type TestRun,
} from '../../authorization/cases/index.ts';
import type { Policy } from '../../authorization/model/index.ts';
import { Fault } from '../../base/fault.ts';
import { writeOutput } from '../output.ts';
import { type JunitCase, junitXml } from '../report/junit.ts';
import { painterFor } from '../terminal.ts';
import { engineOf, readFolderPolicy } from './folder.ts';
import type { FolderFlags } from './folder-command.ts';
import { errorsOfPolicy, tellProblems } from './problems.ts';
import { testJson, testText } from './test-report.ts';

export interface TestFlags extends FolderFlags {
  readonly format: keyof typeof FORMATS;
  readonly output?: string;
  readonly all: boolean;
  readonly minCoverage?: number;
}

const FORMATS = {
  text: (run: TestRun, { all, output }: TestFlags) =>
    lines(testText(run, { all, paint: painterFor(output ? {} : process.stdout, process.env) })),
  json: (run: TestRun) => `${testJson(run)}\n`,
  junit: toJunit,
};

/** Tries the cases, prints what came of them, and sets the exit status; in the process that `supervise` starts.
 *  @throws {Fault} `policy/tests-not-found`, `folder/…`, `output/invalid` */
export function test(folder: string, flags: TestFlags): void {
  const { environment, trustDomain } = flags;
  const read = readFolderPolicy(folder, environment, [trustDomain]);
  const { policy, cases } = read;
  const problems = errorsOfPolicy(read.diagnostics);
  tellProblems(problems);
  if (cases.length === 0) {
    throw new Fault('policy/tests-not-found', 'there are no cases to try', {
      hint: 'write them into a reeve-test.yaml: `allow: web -> orders POST /orders`',
    });
  }
  const run = runCases(policy, decideBy, cases);
  writeOutput(FORMATS[flags.format](run, flags), flags.output);
  const isCovered = coveredPercent(run) >= (flags.minCoverage ?? 0);
  if (!isCovered) {
    console.error(
      `${Math.floor(coveredPercent(run))} % of the declared calls and guardrails are tried, of at least ${flags.minCoverage} %`,
    );
  }
  // a case that could not be read has not passed
  const passed = problems.length === 0 && run.results.every((result) => result.passed);
  process.exitCode = passed && isCovered ? 0 : 1;
}

function decideBy(policy: Policy): Decide {
  const engine = engineOf(policy);
  return (question) => engine.decide(question);
}

function coveredPercent({ coverage: { grants, guardrails } }: TestRun): number {
  const total = grants.total + guardrails.total;
  return total === 0 ? 100 : ((grants.covered + guardrails.covered) / total) * 100;
}

function toJunit({ results }: TestRun): string {
  const files = Map.groupBy(results, ({ case: { source } }) => source.file ?? '');
  return junitXml(
    'reeve policy test',
    [...files].map(([name, all]) => ({ name, cases: all.map((one) => toCase(name, one)) })),
  );
}

function toCase(className: string, { case: one, problem, hint }: CaseResult): JunitCase {
  const name = `${one.expect} ${one.from} -> ${one.to} ${one.operation}`;
  if (problem === undefined) return { className, name };
  const details = [`${one.source.file}:${one.source.line}: ${problem}`, ...(hint ? [hint] : [])];
  return {
    className,
    name,
    failure: { type: 'policy', message: problem, details: details.join('\n') },
  };
}

function lines(all: Iterable<string>): string {
  return `${[...all].join('\n')}\n`;
}
