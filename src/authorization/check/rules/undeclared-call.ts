import { type Comparison, type Offence, ofCallee, type Rule, type Side } from '../comparison.ts';
import type { Coverage } from '../covers.ts';
import { pairKey } from '../declared.ts';
import type { State } from '../model.ts';
import { namedOperation } from '../operations.ts';
import { placeOf } from '../words.ts';

type Call = State['calls'][number];

export const UNDECLARED_CALL: Rule = {
  id: 'check/undeclared-call',
  severity: 'medium',
  title: 'Every call of a service with a declaration is declared',
  remedy: "add the call to `spec.calls` of the caller's reeve.yaml, or remove it",
  judge: newlyUndeclared,
};

function newlyUndeclared({ base, head, words, coverage }: Comparison): Offence[] {
  const before = new Set(
    undeclared(base, coverage).map(({ from, to, operation }) => `${from} ${to} ${operation}`),
  );
  const declaring = new Set(
    head.state.services.flatMap(({ id, declaresCalls }) => (declaresCalls ? [id] : [])),
  );
  return undeclared(head, coverage)
    .filter(
      ({ from, to, operation }) => declaring.has(from) && !before.has(`${from} ${to} ${operation}`),
    )
    .map(({ from, to, operation, sources }) => {
      const [caller, callee] = [words.nameOf(from), words.nameOf(to)];
      const what = operation === '*' ? callee : `${operation} of ${callee}`;
      const seen = sources.find(({ file }) => file !== undefined) ?? sources[0];
      return {
        subject: caller,
        message: `${caller} calls ${what} (${HOW[seen?.how ?? 'observed']}), which its declaration does not name`,
        newlyReaches: operation === '*' ? [callee] : ofCallee([operation], callee),
        place: placeOf(seen, 'head'),
      };
    });
}

const HOW: Readonly<Record<Call['sources'][number]['how'], string>> = {
  declared: 'as a catalogue says',
  configured: 'as it is configured',
  implemented: 'in its code',
  observed: 'as was seen',
};

/** Calls between services of the estate that sources other than declarations know of, and that no declaration covers. */
function undeclared({ state, reach }: Side, coverage: Coverage): Call[] {
  const internal = new Set(
    state.services.flatMap(({ id, kind }) => (kind === 'external' ? [] : [id])),
  );
  const declared = new Set(state.policy.grants.map(({ from, to }) => pairKey(from, to)));
  return state.calls.filter(({ from, to, operation, sources }) => {
    if (from === to || !internal.has(from) || !internal.has(to)) return false;
    if (sources.every(({ how }) => how === 'declared')) return false;
    const key = pairKey(from, to);
    if (!declared.has(key)) return true;
    const asked = namedOperation(operation);
    const pair = reach.get(key);
    // Of a call that is known without its operation nothing more can be said; what a guardrail forbids is told by its rule.
    if (!asked || !pair) return false;
    return ![...pair.operations.values()].some(({ operation: allowed }) =>
      coverage.byOperation(allowed, asked),
    );
  });
}
