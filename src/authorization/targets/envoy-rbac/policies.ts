import type { CalleeRules, CallerRules, OperationRule } from '../../model/index.ts';
import { type PathPattern, parsePattern } from '../../operations/index.ts';
import { CANONICAL, isLiteral, pathPermission } from './path-permission.ts';
import {
  allOf,
  anyOf,
  methodIs,
  methodMatches,
  not,
  type Permission,
  type Rbac,
  type RbacPolicy,
} from './rbac.ts';

/** An operation that Envoy's RBAC does not let in, though the policy allows it. */
export interface Unsayable {
  readonly caller: CallerRules;
  readonly rule: OperationRule;
  /** A sentence for people. */
  readonly why: string;
}

export interface CompiledRules {
  readonly rbac: Rbac;
  readonly unsayable: readonly Unsayable[];
}

/** The rules of one callee: a policy for each caller, by its first identity. It lets in nothing that the rules do not,
 *  and what it cannot say it leaves out. */
export function rbacOf(callee: CalleeRules): CompiledRules {
  const unsayable: Unsayable[] = [];
  const policies: Record<string, RbacPolicy> = {};
  const callers = callee.callers.toSorted((a, b) => (nameOf(a) < nameOf(b) ? -1 : 1));
  for (const caller of callers) {
    const said = caller.allowed.flatMap((rule) => {
      const one = sayRule(rule);
      if (typeof one !== 'string') return [one];
      unsayable.push({ caller, rule, why: one });
      return [];
    });
    if (said.length > 0) policies[nameOf(caller)] = policyOf(caller, said);
  }
  return { rbac: { action: 'ALLOW', policies }, unsayable };
}

const nameOf = ({ identities }: CallerRules): string => identities[0] ?? '';

/** How the path is spelt is looked at once for all rules, and last: most requests are over before. */
function policyOf({ identities }: CallerRules, said: readonly SaidRule[]): RbacPolicy {
  const literal = said.filter((one) => one.isLiteral).map(({ permission }) => permission);
  const others = said.filter((one) => !one.isLiteral).map(({ permission }) => permission);
  return {
    permissions: [
      ...literal,
      ...(others.length === 0 ? [] : [allOf([anyOf(others), ...CANONICAL])]),
    ],
    principals: identities.map((exact) => ({ authenticated: { principal_name: { exact } } })),
  };
}

interface SaidRule {
  readonly permission: Permission;
  /** It takes only paths that are canonical. */
  readonly isLiteral: boolean;
}

/** What a rule lets in; why it cannot be said. */
function sayRule(rule: OperationRule): SaidRule | string {
  const { protocol, conditions } = rule;
  if (protocol !== 'http') {
    return `Envoy sees the requests that carry ${protocol}, and not what they are about`;
  }
  if (conditions.length > 0) {
    return `Envoy cannot ask ${conditions.join(', ')}, which looks at each request: that is left to external authorisation`;
  }
  const pattern = parsePattern(rule.path);
  const path = pattern && pathOf(rule, pattern);
  if (!path) return TOO_LARGE;
  return { permission: allOf([...methodOf(rule), ...path]), isLiteral: isLiteral(pattern) };
}

const TOO_LARGE =
  'its path is more than Envoy takes in a regular expression: it is left to external authorisation';

/** Methods as they may be sent at all, where any will do: an odd case is none. Longer ones, of which nobody has heard, are
 *  more than a regular expression may be. */
const ANY_METHOD = methodMatches('[A-Z][A-Z0-9_-]{0,15}');

function methodOf({ method, exceptMethods }: OperationRule): Permission[] {
  if (method !== '*') return [methodIs(method)];
  if (exceptMethods.length === 0) return [ANY_METHOD];
  return [ANY_METHOD, not(anyOf(exceptMethods.map(methodIs)))];
}

/** The cheap before the dear. */
function pathOf({ also, except }: OperationRule, pattern: PathPattern): Permission[] | undefined {
  const exact = pathPermission(pattern, 'exact');
  const besides = also.map(loosely);
  const excepted = except.map(loosely);
  if (!exact || !besides.every(isSaid) || !excepted.every(isSaid)) return undefined;
  return [exact, ...besides, ...(excepted.length === 0 ? [] : [not(anyOf(excepted))])];
}

function loosely(text: string): Permission | undefined {
  const pattern = parsePattern(text);
  return pattern && pathPermission(pattern, 'folded');
}

const isSaid = (permission: Permission | undefined): permission is Permission =>
  permission !== undefined;
