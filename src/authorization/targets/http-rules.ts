import type { CallerRules, OperationRule } from '../model/index.ts';
import { type PathPattern, parsePattern } from '../operations/index.ts';
import type { Demand } from './paths/index.ts';

/** The methods of HTTP that targets can list.
 *  @see RFC 9110 §9.3, RFC 5789 */
export const METHODS = [
  'CONNECT',
  'DELETE',
  'GET',
  'HEAD',
  'OPTIONS',
  'PATCH',
  'POST',
  'PUT',
  'TRACE',
] as const;

/** A rule about requests over HTTP that a target can say by what requests look like. */
export interface HttpRule {
  readonly rule: OperationRule;
  readonly methods: readonly string[];
  readonly demands: readonly Demand[];
}

/** A rule that a target cannot say, and why. */
export interface Unsaid {
  readonly rule: OperationRule;
  readonly message: string;
}

const UNCOMMON =
  'Methods other than those of RFC 9110 and PATCH are denied, as they would have to be listed.';

/** Takes a caller's rules apart into those that can be said and those that cannot. */
export function httpRulesOf({ allowed }: CallerRules): {
  readonly rules: readonly HttpRule[];
  readonly unsaid: readonly Unsaid[];
} {
  const rules: HttpRule[] = [];
  const unsaid: Unsaid[] = [];
  for (const rule of allowed) {
    const message = problemOf(rule);
    const demands = message === undefined ? demandsOf(rule) : undefined;
    if (!demands) {
      unsaid.push({ rule, message: message ?? 'Its path cannot be read, so it is denied.' });
      continue;
    }
    if (rule.method === '*') unsaid.push({ rule, message: UNCOMMON });
    rules.push({ rule, methods: methodsOf(rule), demands });
  }
  return { rules, unsaid };
}

function problemOf({ protocol, conditions }: OperationRule): string | undefined {
  if (protocol !== 'http') {
    return `Operations of ${protocol} cannot be told from other requests, so they are denied.`;
  }
  if (conditions.length === 0) return undefined;
  const names = conditions.slice(0, 3).join(', ');
  return `Guardrails must be asked each time (${names}), which it cannot, so it is denied.`;
}

function methodsOf({ method, exceptMethods }: OperationRule): readonly string[] {
  return method === '*' ? METHODS.filter((one) => !exceptMethods.includes(one)) : [method];
}

/** The same patterns stand in the rules of many callers. */
const parsed = new Map<string, PathPattern | undefined>();
const MAX_PARSED = 50_000;

function parsedPattern(text: string): PathPattern | undefined {
  if (parsed.has(text)) return parsed.get(text);
  if (parsed.size >= MAX_PARSED) parsed.clear();
  const pattern = parsePattern(text);
  parsed.set(text, pattern);
  return pattern;
}

function demandsOf({ path, also, except }: OperationRule): Demand[] | undefined {
  const demands: Demand[] = [];
  const lists = [
    { role: 'path', texts: [path === '**' ? '/**' : path] },
    { role: 'also', texts: also },
    { role: 'except', texts: except },
  ] as const;
  for (const { role, texts } of lists) {
    for (const text of texts) {
      const pattern = parsedPattern(text);
      if (!pattern) return undefined;
      demands.push({ pattern, role });
    }
  }
  return demands;
}

/** The same for rules of the same paths. */
export const pathKeyOf = ({ demands }: HttpRule): string =>
  demands.map(({ role, pattern }) => `${role} ${pattern.shape}`).join('\n');

/** Whether requests that match these demands are let in. */
export function isMet(demands: readonly Demand[], matching: (at: number) => boolean): boolean {
  return demands.every(({ role }, at) => matching(at) === (role !== 'except'));
}
