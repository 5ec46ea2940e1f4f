import { compareText } from '../../../base/diagnostic.ts';
import type { CalleeRules, OperationRule } from '../../model/index.ts';
import { aboutCaller, aboutOperation } from '../callees.ts';
import { commented, declaredIn } from '../comments.ts';
import type { Notice, TargetContext } from '../compiled.ts';
import { type IstioOperation, toIstioOperation } from './operations.ts';
import { principalsOf } from './principals.ts';

/** The rules of an ALLOW policy: one for each caller. */
export function rulesOf(
  callee: CalleeRules,
  context: TargetContext,
): { rules: Record<string, unknown>[]; notices: Notice[] } {
  const rules: Record<string, unknown>[] = [];
  const notices: Notice[] = [];
  const callers = callee.callers.toSorted((a, b) =>
    compareText(a.identities[0] ?? '', b.identities[0] ?? ''),
  );
  for (const caller of callers) {
    const { values, problems } = principalsOf(caller, context);
    notices.push(
      ...problems.map((problem) => aboutCaller(callee, caller, 'denied', `${problem}.`)),
    );
    const operations = caller.allowed.map((rule) => ({ rule, said: toIstioOperation(rule) }));
    notices.push(
      ...operations.flatMap(({ rule, said }) =>
        problemsOf(said).map((problem) => aboutOperation(callee, caller, rule, `${problem}.`)),
      ),
    );
    const to = mergedOperations(operations);
    if (values.length === 0 || to.length === 0) continue;
    const names = caller.services.map(({ id }) => id).join(', ');
    rules.push(commented(names, { from: [{ source: { principals: values } }], to }));
  }
  return { rules, notices };
}

const problemsOf = (said: IstioOperation): readonly string[] =>
  said.kind === 'unsaid' ? [said.problem] : said.problems;

/** Entries of `to`: operations that differ in their methods only are one. */
function mergedOperations(
  operations: readonly { readonly rule: OperationRule; readonly said: IstioOperation }[],
): Record<string, unknown>[] {
  const merged = new Map<
    string,
    { rules: OperationRule[]; said: IstioOperation & { kind: 'said' } }
  >();
  for (const { rule, said } of operations) {
    if (said.kind !== 'said') continue;
    const key = JSON.stringify([
      said.methods.length > 0 || said.notMethods,
      said.paths,
      said.notPaths,
    ]);
    const known = merged.get(key);
    if (!known) merged.set(key, { rules: [rule], said });
    else {
      known.rules.push(rule);
      known.said = { ...known.said, methods: [...known.said.methods, ...said.methods] };
    }
  }
  return [...merged]
    .sort(([a], [b]) => (a < b ? -1 : 1))
    .map(([, { rules, said }]) =>
      commented(declaredIn(rules.flatMap(({ because }) => because)), {
        operation: {
          ...filled('methods', [...new Set(said.methods)].sort()),
          ...filled('notMethods', said.notMethods),
          ...filled('paths', said.paths),
          ...filled('notPaths', said.notPaths),
        },
      }),
    );
}

/** An empty list means everything, and is better left out. */
export const filled = (name: string, values: readonly unknown[]) =>
  values.length === 0 ? {} : { [name]: values };
