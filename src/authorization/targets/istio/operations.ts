import type { OperationRule } from '../../model/index.ts';
import { parsePattern } from '../../operations/index.ts';
import { allowedPaths, excludedPaths } from './paths.ts';

/** An entry of `to` without its methods. */
interface Paths {
  readonly paths: readonly string[];
  readonly notPaths: readonly string[];
}

/** What Istio says of one operation of a caller. */
export type IstioOperation =
  | { readonly kind: 'unsaid'; readonly problem: string }
  | {
      readonly kind: 'said';
      /** Empty: every method but `notMethods`. */
      readonly methods: readonly string[];
      readonly notMethods: readonly string[];
      /** Empty: every path but `notPaths`. */
      readonly paths: readonly string[];
      readonly notPaths: readonly string[];
      /** What is refused that the policy allows. */
      readonly problems: readonly string[];
    };

/** Values of one operation. */
const MAX_VALUES = 2_048;

/** An operation in Istio's words. */
export function toIstioOperation(rule: OperationRule): IstioOperation {
  const problem = unsayable(rule);
  if (problem !== undefined) return { kind: 'unsaid', problem };
  const said = pathsOf(rule);
  if ('problem' in said) return { kind: 'unsaid', problem: said.problem };
  const isAny = rule.method === '*';
  return {
    kind: 'said',
    methods: isAny ? [] : [rule.method],
    notMethods: isAny ? rule.exceptMethods.toSorted() : [],
    ...said,
  };
}

function unsayable({ protocol, also, conditions }: OperationRule): string | undefined {
  if (protocol !== 'http') return 'Istio does not look into what is not told by methods and paths';
  if (also.length > 0) return 'Istio cannot ask for two paths at once';
  if (conditions.length === 0) return undefined;
  return `Istio cannot ask the guardrails that look at the request: ${conditions.join(', ')}`;
}

function pathsOf(
  rule: OperationRule,
): (Paths & { readonly problems: readonly string[] }) | { readonly problem: string } {
  const pattern = parsePattern(rule.path === '**' ? '/**' : rule.path);
  if (!pattern) return { problem: 'it has no path' };
  const allowed = allowedPaths(pattern);
  if (allowed.problem !== undefined) return { problem: allowed.problem };
  const problems = new Set<string>();
  const notPaths = new Set<string>();
  for (const text of rule.except) {
    const except = parsePattern(text);
    const excluded = except && excludedPaths(except, pattern);
    if (!excluded) return { problem: `${text} has to be left out, and is no path` };
    if (excluded.problem !== undefined && excluded.values.length === 0) {
      return { problem: excluded.problem };
    }
    for (const value of excluded.values) notPaths.add(value);
    if (excluded.problem !== undefined) problems.add(excluded.problem);
  }
  if (allowed.values.every((value) => notPaths.has(value))) {
    return { problem: [...problems][0] ?? 'everything has to be left out' };
  }
  if (notPaths.size > MAX_VALUES) {
    return { problem: `what has to be left out are more than ${MAX_VALUES} paths` };
  }
  return { paths: allowed.values, notPaths: [...notPaths].sort(), problems: [...problems] };
}
