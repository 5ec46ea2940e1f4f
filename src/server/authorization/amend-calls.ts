import { compareText } from '../../base/diagnostic.ts';
import { type Call, type CallFact, canonicalJson, type Source } from '../../estate/index.ts';
import type { KnownEstate } from './keeper.ts';

/** Calls that are declared, and that are not any more. */
export interface CallChange {
  readonly added: readonly CallFact[];
  readonly removed: readonly CallFact[];
}

/** What was judged of calls, with what was declared since, change by change. Left as they were are calls of services that
 *  are not known, and those between two services of which one declares calls without their operations: judges weigh
 *  these against each other. What has been judged already changes nothing. */
export function amendCalls(
  judged: readonly Call[],
  services: KnownEstate['records'],
  changes: readonly CallChange[],
): readonly Call[] {
  const facts = changes.flatMap(({ added, removed }) => [...added, ...removed]);
  if (facts.length === 0) return judged;
  const ids = new Set(services.map(({ id }) => id));
  const vague = new Set([...judged, ...facts].filter(isVague).map(pairOf));
  const isSure = (fact: CallFact): boolean =>
    ids.has(fact.from) && ids.has(fact.to) && !vague.has(pairOf(fact));
  const calls = new Map(judged.map((call) => [call.id, call]));
  for (const { added, removed } of changes) {
    for (const fact of removed) if (isSure(fact)) withdraw(calls, fact);
    for (const fact of added) if (isSure(fact)) add(calls, fact);
  }
  return [...calls.values()];
}

const isVague = ({ operation }: Pick<CallFact, 'operation'>): boolean =>
  operation === undefined || operation === '*';
const pairOf = ({ from, to }: Pick<Call, 'from' | 'to'>): string => `${from}\n${to}`;

function withdraw(calls: Map<string, Call>, fact: CallFact): void {
  const known = calls.get(fact.id);
  const key = canonicalJson(fact.source);
  const sources = known?.sources.filter((one) => canonicalJson(one) !== key);
  if (!known || !sources || sources.length === known.sources.length) return;
  if (sources.length === 0) calls.delete(fact.id);
  else calls.set(fact.id, { ...known, sources, declared: sources.some(isDeclared) });
}

function add(calls: Map<string, Call>, fact: CallFact): void {
  const known = calls.get(fact.id) ?? undeclared(fact);
  const byText = new Map([...known.sources, fact.source].map((one) => [canonicalJson(one), one]));
  if (byText.size === known.sources.length) return;
  const sorted = [...byText].sort(([a], [b]) => compareText(a, b));
  calls.set(fact.id, { ...known, declared: true, sources: sorted.map(([, source]) => source) });
}

/** A call before anybody has said anything of it. */
function undeclared({ id, from, to, operation = '*', evidence }: CallFact): Call {
  return {
    ...{ id, from, to, operation, evidence, authentication: 'unknown', allowedBy: [] },
    ...{ declared: false, observed: false, sources: [] },
  };
}

const isDeclared = ({ how }: Source): boolean => how === 'declared';
