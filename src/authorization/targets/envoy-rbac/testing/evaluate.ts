import type { Permission, Principal, Rbac, StringMatcher } from '../rbac.ts';

/** What Envoy's filter does with a request, from its reference alone: nothing here is shared with what writes rules.
 *  @see envoy/config/rbac/v3/rbac.proto */
export interface SeenRequest {
  /** URI of the certificate of the caller. */
  readonly principal: string | undefined;
  readonly method: string;
  /** As it was sent. */
  readonly path: string;
}

/** Whether an ALLOW policy lets a request in. */
export function letsIn({ policies }: Rbac, request: SeenRequest): boolean {
  return Object.values(policies).some(
    ({ permissions, principals }) =>
      permissions.some((one) => permits(one, request)) &&
      principals.some((one) => isPrincipal(one, request)),
  );
}

export function permits(permission: Permission, request: SeenRequest): boolean {
  if ('any' in permission) return permission.any;
  if ('and_rules' in permission) {
    return permission.and_rules.rules.every((one) => permits(one, request));
  }
  if ('or_rules' in permission) {
    return permission.or_rules.rules.some((one) => permits(one, request));
  }
  if ('not_rule' in permission) return !permits(permission.not_rule, request);
  if ('header' in permission) {
    if (permission.header.name !== ':method') throw new Error('another header');
    return matches(permission.header.string_match, request.method);
  }
  // the path without its query and fragment
  return matches(permission.url_path.path, request.path.split(/[?#]/)[0] ?? '');
}

function isPrincipal(principal: Principal, request: SeenRequest): boolean {
  if ('any' in principal) return principal.any;
  const { exact } = principal.authenticated.principal_name;
  return request.principal === exact;
}

function matches(matcher: StringMatcher, text: string): boolean {
  if ('exact' in matcher) return matcher.exact === text;
  return toRegExp(matcher.safe_regex.regex).test(text);
}

const known = new Map<string, RegExp>();

/** RE2's syntax is that of JavaScript where only what is used here is used, but for `(?i:…)`, with which V8 is not to be
 *  relied on. */
function toRegExp(regex: string): RegExp {
  const found = known.get(regex) ?? new RegExp(`^(?:${withoutFlags(regex)})$`);
  known.set(regex, found);
  return found;
}

/** Letters in `(?i:…)` as classes of both cases; there are no classes in there before. */
function withoutFlags(regex: string): string {
  const isOpen: boolean[] = [false];
  return regex.replace(/\\.|\(\?i:|\(\?:|\)|[A-Za-z]/g, (token) => {
    if (token.startsWith('(')) isOpen.push(token === '(?i:' || isOpen.at(-1) === true);
    else if (token === ')') isOpen.pop();
    else if (/^[A-Za-z]$/.test(token) && isOpen.at(-1)) {
      return `[${token.toLowerCase()}${token.toUpperCase()}]`;
    }
    return token === '(?i:' ? '(?:' : token;
  });
}
