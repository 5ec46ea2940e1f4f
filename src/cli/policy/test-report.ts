import type { CaseResult, Coverage, TestRun } from '../../authorization/cases/index.ts';
import { toPlace } from '../../base/diagnostic.ts';
import { counted, type Painter, plain, wrap } from '../terminal.ts';

const MISSED_SHOWN = 10;

/** Each case that fails with what is wrong, the counts, and what no case has tried. 80 columns. */
export function* testText(
  { results, coverage }: TestRun,
  { all, paint }: { readonly all: boolean; readonly paint: Painter },
): Generator<string> {
  for (const [file, cases] of Map.groupBy(results, ({ case: { source } }) => source.file ?? '')) {
    const shown = all ? cases : cases.filter(({ passed }) => !passed);
    if (shown.length === 0) continue;
    yield paint('bold', plain(file));
    for (const one of shown) yield* caseLines(one, paint);
    yield '';
  }
  const passed = results.filter((result) => result.passed).length;
  const failed = results.length - passed;
  const count = counted(results.length, 'case');
  yield failed === 0
    ? `${count}, all pass.`
    : `${count}: ${passed} pass, ${paint('red', `${failed} ${failed === 1 ? 'fails' : 'fail'}`)}.`;
  yield* coverageLines(coverage);
}

function* caseLines({ case: one, passed, problem, hint }: CaseResult, paint: Painter) {
  const call = `${one.from} -> ${one.to} ${one.operation}`;
  const status = passed ? paint('green', 'ok  ') : paint('red', 'FAIL');
  yield `  ${status} ${String(one.source.line).padStart(4)}  ${one.expect} ${plain(call)}`;
  if (one.name !== call) yield `             ${plain(one.name)}`;
  for (const text of [problem, hint]) {
    if (text) for (const line of wrap(plain(text), 66)) yield `             ${line}`;
  }
}

function* coverageLines({ grants, guardrails }: Coverage): Generator<string> {
  yield `Tried: ${grants.covered} of ${counted(grants.total, 'declared call')}, ${guardrails.covered} of ${counted(guardrails.total, 'guardrail')}.`;
  const missed = [
    ...guardrails.missed.map(
      ({ id, file, line }) => `guardrail ${id} (${toPlace({ file, line })})`,
    ),
    ...grants.missed.map(
      ({ from, to, operation, source }) =>
        `${nameOf(from)} -> ${nameOf(to)} ${operation} (${toPlace(source)})`,
    ),
  ];
  for (const one of missed.slice(0, MISSED_SHOWN)) {
    const [first = '', ...more] = wrap(`no case for ${plain(one)}`, 76);
    yield `  ${first}`;
    for (const line of more) yield `    ${line}`;
  }
  const rest = missed.length - MISSED_SHOWN;
  if (rest > 0) yield `  and ${rest} more`;
}

const nameOf = (id: string) => id.slice(id.lastIndexOf('/') + 1);

/** Everything of a run, for machines: `reeve.policy-test/v1`. */
export function testJson({ results, coverage }: TestRun): string {
  const { grants, guardrails } = coverage;
  return JSON.stringify(
    {
      schema: 'reeve.policy-test/v1',
      passed: results.filter(({ passed }) => passed).length,
      failed: results.filter(({ passed }) => !passed).length,
      results: results.map(({ case: { source, ...one }, ...result }) => ({
        ...one,
        place: { file: source.file, line: source.line, column: source.column },
        ...result,
      })),
      coverage: {
        grants: {
          ...{ total: grants.total, covered: grants.covered },
          missed: grants.missed.map(({ from, to, operation, source }) => ({
            ...{ from, to, operation, place: toPlace(source) },
          })),
        },
        guardrails: {
          ...{ total: guardrails.total, covered: guardrails.covered },
          missed: guardrails.missed.map(({ id, file, line }) => ({
            id,
            place: toPlace({ file, line }),
          })),
        },
      },
    },
    null,
    2,
  );
}
