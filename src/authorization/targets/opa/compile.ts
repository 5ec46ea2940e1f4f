import { readFileSync } from 'node:fs';
import { compareText } from '../../../base/diagnostic.ts';
import { stableId } from '../../../base/ids.ts';
import { CedarJudge } from '../../guardrails/index.ts';
import type { CalleeRules, OperationRule, Policy } from '../../model/index.ts';
import { aboutOperation, calleesOf } from '../callees.ts';
import type { Compiled, CompiledFile, Notice, TargetContext } from '../compiled.ts';
import { Callers, readGrant } from './callers.ts';
import { type OpaCaller, type OpaData, type OpaService, toOpaRules } from './data.ts';
import { toOpaDeclared } from './declared.ts';
import { Guarded } from './guarded.ts';
import { KnownOperations } from './known.ts';
import { toOpaKnown } from './known-data.ts';
import { serviceNames } from './names.ts';
import { OpaPatterns } from './pattern.ts';

/** The parts of our policy in Rego, each of which is a package below `reeve`. */
const MODULES = [
  'authz',
  'declared',
  'engine',
  'known',
  'message',
  'operation',
  'paths',
  'question',
  'rules',
  'text',
] as const;

/** A bundle of OPA: our policy in Rego and what it decides by. It answers `reeve/authz/allow` and `reeve/authz/decision`
 *  as the engine does, with its reasons.
 *  @see https://www.openpolicyagent.org/docs/management-bundles#bundle-file-format */
export function compileOpa(rules: readonly CalleeRules[], context: TargetContext): Compiled {
  const callees = calleesOf(rules, context);
  const content = [
    { path: 'data.json', text: toText({ reeve: { policy: dataOf(callees, context.policy) } }) },
    ...MODULES.map((name) => ({ path: `reeve/${name}.rego`, text: moduleText(name) })),
  ];
  const revision = stableId('policy', ...content.map(({ text }) => text));
  const manifest = { revision, roots: ['reeve'], rego_version: 1 };
  const files: CompiledFile[] = [{ path: '.manifest', text: toText(manifest) }, ...content];
  return { files, notices: callees.flatMap(noticesOf) };
}

const toText = (value: unknown): string => `${JSON.stringify(value)}\n`;

const moduleText = (name: string): string =>
  readFileSync(new URL(`${name}.rego`, import.meta.url), 'utf8');

function noticesOf(callee: CalleeRules): Notice[] {
  return callee.callers.flatMap((caller) =>
    caller.allowed
      .filter(({ conditions }) => conditions.length > 0)
      .map((rule) => {
        const ids = rule.conditions.join(', ');
        const message = `OPA cannot ask the guardrails that look at the request: ${ids}.`;
        return aboutOperation(callee, caller, rule, message);
      }),
  );
}

/** What our policy in Rego decides by. */
export function dataOf(callees: readonly CalleeRules[], policy: Policy): OpaData {
  const toService = serviceMaker(policy);
  return {
    names: sortedByName(serviceNames(policy.services)),
    callers: callersOf(policy),
    services: Object.fromEntries(callees.map((callee) => [callee.service.id, toService(callee)])),
  };
}

function serviceMaker({ services, endpoints, grants, guardrails }: Policy) {
  const callers = new Callers(services);
  const patterns = new OpaPatterns();
  const judge = guardrails.length > 0 ? new CedarJudge(guardrails) : undefined;
  const endpointsOf = Map.groupBy(endpoints, ({ service }) => service);
  const grantsTo = Map.groupBy(grants, ({ to }) => to);
  return (callee: CalleeRules): OpaService => {
    const { id, mode } = callee.service;
    const read = (grantsTo.get(id) ?? []).map(readGrant);
    const known = new KnownOperations(endpointsOf.get(id) ?? [], read);
    const guarded = judge && new Guarded(judge, callee.service, known);
    const declaring = callers.declaring(read);
    const rulesOf = new Map(callee.callers.map((one) => [one.identities[0], one.allowed]));
    const rules = declaring.map(([caller, own]): OpaCaller => {
      const plain = rulesOf.get(caller.identities[0])?.filter(isPlain) ?? [];
      const declared = toOpaDeclared(own, known, patterns);
      const verdicts = guarded?.of(caller, declared) ?? {};
      return {
        allowed: toOpaRules(plain, patterns),
        declared,
        ...(Object.keys(verdicts).length > 0 && { guarded: verdicts }),
      };
    });
    const places = declaring.flatMap(([{ identities }], at) =>
      identities.map((one) => [one, at] as const),
    );
    return { mode, callers: Object.fromEntries(places), rules, known: toOpaKnown(known) };
  };
}

const isPlain = ({ conditions }: OperationRule): boolean => conditions.length === 0;

const sortedByName = (entries: Iterable<readonly [string, string]>): Record<string, string> =>
  Object.fromEntries([...entries].sort(([a], [b]) => compareText(a, b)));

/** The first service of every identity. */
function callersOf({ services }: Policy): Record<string, string> {
  // What comes later counts: the first by id.
  const sorted = services.toSorted((a, b) => compareText(b.id, a.id));
  return sortedByName(
    new Map(sorted.flatMap(({ id, identities }) => identities.map((one) => [one, id] as const))),
  );
}
