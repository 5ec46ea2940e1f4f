import { readFileSync } from 'node:fs';
import { compareText } from '../../../base/diagnostic.ts';
import { stableId } from '../../../base/ids.ts';
import type { CalleeRules, CallerRules, Grant, OperationRule, Policy } from '../../model/index.ts';
import { aboutOperation, calleesOf } from '../callees.ts';
import type { Compiled, CompiledFile, Notice, TargetContext } from '../compiled.ts';
import { type OpaCaller, type OpaData, type OpaService, toOpaRules } from './data.ts';
import { coveringEngine, Denials } from './denials.ts';
import { knownOf, type OpaKnown } from './known.ts';
import { serviceNames } from './names.ts';
import { OpaPatterns } from './pattern.ts';

/** The parts of our policy in Rego, each of which is a package below `reeve`. */
const MODULES = [
  'authz',
  'engine',
  'known',
  'message',
  'operation',
  'paths',
  'question',
  'rules',
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
  const covered = coveredBy(callees, policy);
  const patterns = new OpaPatterns();
  const denials = new Denials(policy);
  const known = knownOf(policy);
  const declared = declaredOf(policy);
  const services = callees.map((callee): [string, OpaService] => {
    const { id } = callee.service;
    const parts = {
      callee,
      covered: covered.get(id) ?? [],
      patterns,
      known: known.get(id) ?? NOTHING_KNOWN,
      declared: declared.get(id) ?? new Set<string>(),
    };
    return [id, toOpaService(parts, denials)];
  });
  return {
    names: sortedByName(serviceNames(policy.services)),
    callers: callersOf(policy),
    services: Object.fromEntries(services),
  };
}

/** What callers might do without guardrails and blocked endpoints, by callee. */
function coveredBy(callees: readonly CalleeRules[], policy: Policy) {
  const isPlain =
    policy.guardrails.length === 0 && !policy.endpoints.some(({ blocked }) => blocked);
  const rules = isPlain ? callees : coveringEngine(policy).rules();
  return new Map(rules.map(({ service, callers }) => [service.id, callers]));
}

const NOTHING_KNOWN: OpaKnown = { operations: {}, heads: [] };

interface ServiceParts {
  readonly callee: CalleeRules;
  readonly covered: readonly CallerRules[];
  readonly known: OpaKnown;
  readonly patterns: OpaPatterns;
  /** Identities of callers that declare anything. */
  readonly declared: ReadonlySet<string>;
}

function toOpaService(parts: ServiceParts, denials: Denials): OpaService {
  const { callee, known, patterns } = parts;
  const callers: Record<string, number> = {};
  const rules: OpaCaller[] = [];
  const denied: Record<string, OpaService['denials'][string]> = {};
  const all = parts.covered.toSorted((a, b) => compareText(keyOf(a), keyOf(b)));
  for (const covered of all) {
    const caller = callee.callers.find((one) => keyOf(one) === keyOf(covered));
    const at = rules.push(toOpaCaller(caller, covered, patterns)) - 1;
    for (const identity of covered.identities) callers[identity] = at;
    const ofCaller = denials.of(callee.service.id, covered);
    if (Object.keys(ofCaller).length > 0) denied[at] = ofCaller;
  }
  const declared = [...parts.declared]
    .filter((one) => !Object.hasOwn(callers, one))
    .sort(compareText);
  return { mode: callee.mode, callers, rules, declared, known, denials: denied };
}

const keyOf = ({ identities }: CallerRules): string => identities.toSorted(compareText).join(' ');

function toOpaCaller(
  caller: CallerRules | undefined,
  covered: CallerRules,
  patterns: OpaPatterns,
): OpaCaller {
  const [plain = [], asking = []] = partition(caller?.allowed ?? []);
  const allowed = toOpaRules(plain, patterns);
  const common = { allowed, ...(asking.length > 0 && { asked: toOpaRules(asking, patterns) }) };
  if (caller === covered && asking.length === 0) return common;
  const open = toOpaRules(covered.allowed, patterns);
  return JSON.stringify(open) === JSON.stringify(allowed) ? common : { ...common, covered: open };
}

/** Rules without conditions, and those with some. */
function partition(rules: readonly OperationRule[]): OperationRule[][] {
  const isPlain = ({ conditions }: OperationRule) => conditions.length === 0;
  return [rules.filter(isPlain), rules.filter((rule) => !isPlain(rule))];
}

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

/** Identities that declare any calls, by callee. */
function declaredOf({ services, grants }: Policy): Map<string, Set<string>> {
  const identities = new Map(services.map((one) => [one.id, one.identities]));
  const declared = new Map<string, Set<string>>();
  for (const [to, ofCallee] of Map.groupBy(grants, (grant: Grant) => grant.to)) {
    declared.set(to, new Set(ofCallee.flatMap(({ from }) => identities.get(from) ?? [])));
  }
  return declared;
}
