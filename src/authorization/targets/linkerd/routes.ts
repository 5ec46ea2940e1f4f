import { createHash } from 'node:crypto';
import { compareText } from '../../../base/diagnostic.ts';
import type { CalleeRules, CallerRules } from '../../model/index.ts';
import type { Notice } from '../compiled.ts';
import { OperationNotices } from '../http-notices.ts';
import { type HttpRule, httpRulesOf, isMet, METHODS, pathKeyOf } from '../http-rules.ts';
import {
  type Bounds,
  type Breadth,
  type Demand,
  EMPTY,
  renderPaths,
  toPathTree,
} from '../paths/index.ts';

/** Requests that the same callers are let in with. No request matches the routes of two sets of callers, so that it does
 *  not matter which route Linkerd takes. */
export interface RouteSet {
  readonly callers: readonly CallerRules[];
  /** The same for the same callers. */
  readonly digest: string;
  readonly matches: readonly RouteMatch[];
}

/** One of `matches` of a rule. */
export interface RouteMatch {
  readonly path: { readonly type: 'Exact' | 'RegularExpression'; readonly value: string };
  readonly method: string;
}

/** The value of a path has 1,024 characters at most, both ends included.
 *  @see https://linkerd.io/2/reference/httproute/ */
const BOUNDS: Bounds = {
  length: 1_000,
  size: Number.POSITIVE_INFINITY,
  suffix: EMPTY,
  joins: false,
};

/** A rule with the number of its caller. */
type CallersRule = HttpRule & { readonly caller: number };

/** Takes the requests that anybody may send to a callee apart by who may send them. */
export function routeSetsOf(
  callee: CalleeRules,
  callers: readonly CallerRules[],
): { readonly sets: readonly RouteSet[]; readonly notices: readonly Notice[] } {
  const notices = new OperationNotices(callee);
  const rules = callers.flatMap((caller, index): CallersRule[] => {
    const { rules, unsaid } = httpRulesOf(caller);
    for (const one of unsaid) notices.unsaid(caller, one);
    return rules.map((rule) => ({ ...rule, caller: index }));
  });
  const matches = new Map<string, RouteMatch[]>();
  const said = new Map<string, SaidPaths>();
  for (const method of METHODS) {
    const asked = rules.filter(({ methods }) => methods.includes(method));
    // `GET` and `HEAD` most often have the same.
    const key = asked.map((rule) => `${rule.caller} ${pathKeyOf(rule)}`).join('\n\n');
    const paths = said.get(key) ?? pathsByCallers(asked);
    said.set(key, paths);
    tell(notices, asked, callers, paths);
    for (const [label, { values }] of paths.byLabel) {
      const list = matches.get(label) ?? [];
      list.push(...values.map((path) => ({ path, method })));
      matches.set(label, list);
    }
  }
  const sets = [...matches].map(([label, list]) => toSet(label, list, callers));
  return { sets: sets.sort((a, b) => compareText(a.digest, b.digest)), notices: notices.all() };
}

function toSet(
  label: string,
  matches: readonly RouteMatch[],
  all: readonly CallerRules[],
): RouteSet {
  const callers = label.split(',').flatMap((index) => all[Number(index)] ?? []);
  const identities = callers.flatMap((caller) => caller.identities).sort(compareText);
  const digest = createHash('sha256').update(identities.join('\n')).digest('hex').slice(0, 10);
  return { callers, digest, matches };
}

/** Demands that several rules make stand there once. */
function distinctDemands(rules: readonly HttpRule[]): {
  readonly demands: readonly Demand[];
  readonly numbersOf: (rule: HttpRule) => readonly number[];
} {
  const numbers = new Map<string, number>();
  const demands: Demand[] = [];
  const ofRules = new Map(
    rules.map((rule) => {
      const own = rule.demands.map((demand) => {
        const key = `${demand.role} ${demand.pattern.shape}`;
        const known = numbers.get(key);
        if (known !== undefined) return known;
        numbers.set(key, demands.length);
        return demands.push(demand) - 1;
      });
      return [rule, own] as const;
    }),
  );
  return { demands, numbersOf: (rule) => ofRules.get(rule) ?? [] };
}

interface SaidPaths {
  /** By the numbers of the callers that are let in with them. */
  readonly byLabel: ReadonlyMap<
    string,
    {
      readonly values: readonly RouteMatch['path'][];
      /** Undefined: none could be made. */
      readonly breadth: Breadth | undefined;
      /** The rules that let them in, by their place. */
      readonly rules: ReadonlySet<number>;
    }
  >;
  /** The rules that cannot be told from others, by their place. */
  readonly blurred: readonly number[];
}

/** The paths that rules of one method let in. */
function pathsByCallers(rules: readonly CallersRule[]): SaidPaths {
  const { demands, numbersOf } = distinctDemands(rules);
  const letIn = new Map<string, Set<number>>();
  const labelOf = (matching: readonly number[]) => {
    const met = new Set(matching);
    const opening = [...rules.entries()].filter(([, rule]) => {
      const numbers = numbersOf(rule);
      return isMet(rule.demands, (at) => met.has(numbers[at] ?? -1));
    });
    const label = [...new Set(opening.map(([, { caller }]) => caller))].join(',');
    const known = letIn.get(label) ?? new Set();
    for (const [at] of opening) known.add(at);
    letIn.set(label, known);
    return label;
  };
  const { root, labels, blurred } = toPathTree({ demands, labelOf });
  return {
    byLabel: new Map(
      [...labels].map((label) => {
        const rendered = renderPaths(root, label, BOUNDS);
        const values = rendered?.regexes.flatMap(toPaths) ?? [];
        const opening = letIn.get(label) ?? new Set();
        return [label, { values, breadth: rendered?.breadth, rules: opening }];
      }),
    ),
    blurred: [...rules.entries()]
      .filter(([, rule]) => numbersOf(rule).some((one) => blurred.has(one)))
      .map(([at]) => at),
  };
}

function tell(
  notices: OperationNotices,
  asked: readonly CallersRule[],
  callers: readonly CallerRules[],
  { byLabel, blurred }: SaidPaths,
): void {
  const about = (at: number, say: (caller: CallerRules, rule: CallersRule) => void) => {
    const rule = asked[at];
    const caller = rule && callers[rule.caller];
    if (rule && caller) say(caller, rule);
  };
  for (const at of blurred) about(at, (caller, rule) => notices.blurred(caller, rule));
  for (const { breadth, rules } of byLabel.values()) {
    for (const at of rules) about(at, (caller, rule) => notices.rendered(caller, rule, breadth));
  }
}

/** A literal with or without a slash at its end. */
const LITERAL = /^((?:[^\\^$.*+?()[\]{}|]|\\[\\^$.*+?()[\]{}|])*?)(\/\?)?$/;

/** Linkerd looks for a regular expression anywhere in a path, and takes it where the first that it finds is all of it:
 *  it is tied to both ends, so that it finds no shorter one.
 *  @see https://github.com/linkerd/linkerd2-proxy/blob/main/linkerd/http/route/src/http/match/path.rs */
function toPaths(regex: string): RouteMatch['path'][] {
  const [, literal, slash] = LITERAL.exec(regex) ?? [];
  if (literal === undefined) return [{ type: 'RegularExpression', value: `^${regex}$` }];
  const plain = literal.replace(/\\(.)/g, '$1');
  const values = slash === undefined ? [plain] : [plain, `${plain}/`];
  return values.map((value) => ({ type: 'Exact', value }));
}
