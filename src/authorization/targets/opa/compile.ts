import { readFileSync } from 'node:fs';
import { compareText } from '../../../base/diagnostic.ts';
import { stableId } from '../../../base/ids.ts';
import { CedarJudge } from '../../guardrails/index.ts';
import type { CalleeRules, OperationRule, Policy } from '../../model/index.ts';
import { aboutOperation, calleesOf } from '../callees.ts';
import type { Compiled, CompiledFile, Notice, TargetContext } from '../compiled.ts';
import { Callers, readGrant } from './callers.ts';
import { CanonicalText, canonicalJson } from './canonical-json.ts';
import { type OpaCaller, type OpaService, toOpaRules } from './data.ts';
import { toOpaDeclared } from './declared.ts';
import { Guarded } from './guarded.ts';
import { KnownOperations } from './known.ts';
import { toOpaKnown } from './known-data.ts';
import { serviceNames } from './names.ts';
import { OpaPatterns } from './pattern.ts';
import { sameData } from './same-data.ts';

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
  const files = new OpaCompiler().compile(rules, context.policy);
  return { files, notices: calleesOf(rules, context).flatMap(noticesOf) };
}

/** Compiles policies that come one after the other, and remembers what each callee came to. */
export class OpaCompiler {
  #services: ReadonlyMap<string, CanonicalText> = new Map();
  #who: Who | undefined;

  /** @param policy with every service, and with what is known and declared of callees that have changed
   *  @param changed their ids, as `changedCallees` finds them since the policy before; all unless given */
  compile(
    rules: readonly CalleeRules[],
    policy: Policy,
    changed?: ReadonlySet<string>,
  ): CompiledFile[] {
    const toService = serviceMaker(policy);
    const callees = calleesOf(rules, { policy }).filter(
      ({ service }) => changed === undefined || changed.has(service.id),
    );
    const made = new Map(
      callees.map((callee) => [callee.service.id, CanonicalText.of(toService(callee))]),
    );
    this.#services = new Map(
      policy.services.flatMap(({ id }) => {
        const text = made.get(id) ?? this.#services.get(id);
        return text === undefined ? [] : [[id, text]];
      }),
    );
    const { names, callers } = this.#whoIsWho(policy.services);
    return filesOf({ names, callers, services: Object.fromEntries(this.#services) });
  }

  #whoIsWho(services: Policy['services']): Who {
    if (this.#who === undefined || !sameData(this.#who.services, services)) {
      this.#who = {
        services,
        names: CanonicalText.of(Object.fromEntries(serviceNames(services))),
        callers: CanonicalText.of(callersOf(services)),
      };
    }
    return this.#who;
  }
}

/** Whom names and identities mean, which hangs on the services alone. */
interface Who extends Pick<DataTexts, 'names' | 'callers'> {
  readonly services: Policy['services'];
}

/** `OpaData`, as texts. */
interface DataTexts {
  readonly names: CanonicalText;
  readonly callers: CanonicalText;
  readonly services: Readonly<Record<string, CanonicalText>>;
}

function filesOf(data: DataTexts): CompiledFile[] {
  const modules = MODULES.map((name) => ({ path: `reeve/${name}.rego`, text: moduleText(name) }));
  const revision = stableId('policy', digestOf(data), ...modules.map(({ text }) => text));
  const manifest = { revision, roots: ['reeve'], rego_version: 1 };
  return [
    { path: '.manifest', text: toText(manifest) },
    { path: 'data.json', text: toText({ reeve: { policy: data } }) },
    ...modules,
  ];
}

/** Of digests, as most of them are known from before. */
function digestOf({ names, callers, services }: DataTexts): string {
  const lines = Object.entries(services)
    .sort(([a], [b]) => compareText(a, b))
    .map(([id, { digest }]) => `${JSON.stringify(id)} ${digest}`);
  return [names.digest, callers.digest, ...lines].join('\n');
}

const toText = (value: unknown): string => `${canonicalJson(value)}\n`;

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

/** The first service of every identity. */
function callersOf(services: Policy['services']): Record<string, string> {
  // What comes later counts: the first by id.
  const sorted = services.toSorted((a, b) => compareText(b.id, a.id));
  return Object.fromEntries(
    new Map(sorted.flatMap(({ id, identities }) => identities.map((one) => [one, id] as const))),
  );
}
