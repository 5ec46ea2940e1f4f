import type { CalleeRules, CallerRules } from '../../model/index.ts';
import type { Notice } from '../compiled.ts';
import { OperationNotices } from '../http-notices.ts';
import { type HttpRule, httpRulesOf, isMet, pathKeyOf } from '../http-rules.ts';
import { type Bounds, type RenderedPaths, renderPaths, toPathTree } from '../paths/index.ts';

/** A rule of `rules.http`: regular expressions that match the whole method, and the whole path with its query. */
export interface HttpMatch {
  readonly method: string;
  readonly path: string;
}

/** Envoy refuses regular expressions whose program is larger than 100, and with one of them all policies of an
 *  endpoint.
 *  @see https://www.envoyproxy.io/docs/envoy/latest/api-v3/type/matcher/v3/regex.proto
 *  @see https://github.com/cilium/cilium/issues/41314 */
const BOUNDS: Bounds = {
  length: 4_096,
  size: 98,
  suffix: { text: '(?:\\?[!-~]*)?', size: 8 },
  joins: true,
};

const WANTED = 'wanted';

/** What a caller may ask for; notices about what it may not, though the policy lets it. */
export function httpMatchesOf(
  callee: CalleeRules,
  caller: CallerRules,
): { readonly matches: readonly HttpMatch[]; readonly notices: readonly Notice[] } {
  const notices = new OperationNotices(callee);
  const { rules, unsaid } = httpRulesOf(caller);
  for (const one of unsaid) notices.unsaid(caller, one);
  const methods = new Map<string, Set<string>>();
  for (const { method, path } of rules.flatMap((rule) => matchesOf(rule, caller, notices))) {
    methods.set(path, (methods.get(path) ?? new Set()).add(method));
  }
  const matches = [...methods].map(([path, some]) => ({ method: [...some].join('|'), path }));
  return { matches, notices: notices.all() };
}

function matchesOf(rule: HttpRule, caller: CallerRules, notices: OperationNotices): HttpMatch[] {
  const { paths, isBlurred } = pathsOf(rule);
  notices.rendered(caller, rule, paths?.breadth);
  if (isBlurred) notices.blurred(caller, rule);
  return rule.methods.flatMap((method) => (paths?.regexes ?? []).map((path) => ({ method, path })));
}

interface SaidPaths {
  readonly paths: RenderedPaths | undefined;
  readonly isBlurred: boolean;
}

/** Several callers, and `GET` and `HEAD`, most often have the same. */
const said = new Map<string, SaidPaths>();
const MAX_SAID = 10_000;

function pathsOf(rule: HttpRule): SaidPaths {
  const key = pathKeyOf(rule);
  const known = said.get(key);
  if (known) return known;
  const { demands } = rule;
  const { root, blurred } = toPathTree({
    demands,
    labelOf: (matching) => (isMet(demands, (at) => matching.includes(at)) ? WANTED : ''),
  });
  const paths = { paths: renderPaths(root, WANTED, BOUNDS), isBlurred: blurred.size > 0 };
  if (said.size >= MAX_SAID) said.clear();
  said.set(key, paths);
  return paths;
}
