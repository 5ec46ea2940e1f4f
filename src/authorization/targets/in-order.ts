import { compareText } from '../../base/diagnostic.ts';
import type { CalleeRules, CallerRules, OperationRule } from '../model/index.ts';
import type { Compile } from './compiled.ts';

/** A target that is given rules in one order, whatever order they come in. */
export function inOrder(compile: Compile): Compile {
  return (rules, context) =>
    compile(
      rules.map(ordered).sort((a, b) => compareText(a.service.id, b.service.id)),
      context,
    );
}

function ordered(callee: CalleeRules): CalleeRules {
  const callers = callee.callers
    .map((caller) => ({ ...caller, allowed: caller.allowed.toSorted(byOperation) }))
    .sort((a, b) => compareText(firstOf(a), firstOf(b)));
  return { ...callee, callers };
}

const firstOf = ({ identities }: CallerRules): string => identities[0] ?? '';

function byOperation(a: OperationRule, b: OperationRule): number {
  return (
    compareText(a.path, b.path) ||
    compareText(a.method, b.method) ||
    compareText(a.protocol, b.protocol) ||
    compareText(restOf(a), restOf(b))
  );
}

/** Seldom needed: two rules of one method and path. */
const restOf = ({ exceptMethods, also, except, conditions }: OperationRule): string =>
  JSON.stringify([exceptMethods, also, except, conditions]);
