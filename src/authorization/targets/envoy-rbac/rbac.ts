/** What Envoy's RBAC says, as its configuration has it in JSON and YAML, as far as it is used here.
 *  @see envoy/config/rbac/v3/rbac.proto, envoy/extensions/filters/http/rbac/v3/rbac.proto */

export const RBAC_FILTER = 'envoy.filters.http.rbac';
export const RBAC_TYPE = 'type.googleapis.com/envoy.extensions.filters.http.rbac.v3.RBAC';

/** The configuration of the filter. Undefined: nobody is refused by it. */
export interface RbacFilter {
  readonly rules?: Rbac;
  readonly shadow_rules?: Rbac;
  /** How the names of statistics, and of the dynamic metadata, of the shadow rules begin. */
  readonly shadow_rules_stat_prefix?: string;
}

/** Lets in what matches any of the policies, and nothing else. They are tried in the order of their names. */
export interface Rbac {
  readonly action: 'ALLOW';
  readonly policies: Readonly<Record<string, RbacPolicy>>;
}

/** Any of the permissions, and any of the principals. */
export interface RbacPolicy {
  readonly permissions: readonly Permission[];
  readonly principals: readonly Principal[];
}

export type Permission =
  | { readonly any: true }
  | { readonly header: { readonly name: string; readonly string_match: StringMatcher } }
  /** The path without its query. */
  | { readonly url_path: { readonly path: StringMatcher } }
  | { readonly and_rules: { readonly rules: readonly Permission[] } }
  | { readonly or_rules: { readonly rules: readonly Permission[] } }
  | { readonly not_rule: Permission };

export type StringMatcher =
  | { readonly exact: string }
  /** RE2, of the whole text. */
  | { readonly safe_regex: { readonly regex: string } };

export type Principal =
  | { readonly any: true }
  | { readonly authenticated: { readonly principal_name: { readonly exact: string } } };

/** Nobody may do anything. */
export const NOTHING: Rbac = { action: 'ALLOW', policies: {} };

export function allOf(rules: readonly Permission[]): Permission {
  const [first] = rules;
  return first && rules.length === 1 ? first : { and_rules: { rules } };
}

export function anyOf(rules: readonly Permission[]): Permission {
  const [first] = rules;
  return first && rules.length === 1 ? first : { or_rules: { rules } };
}

export const not = (rule: Permission): Permission => ({ not_rule: rule });

export const pathIs = (exact: string): Permission => ({ url_path: { path: { exact } } });

export const pathMatches = (regex: string): Permission => ({
  url_path: { path: { safe_regex: { regex } } },
});

export const methodIs = (exact: string): Permission => ({
  header: { name: ':method', string_match: { exact } },
});

export const methodMatches = (regex: string): Permission => ({
  header: { name: ':method', string_match: { safe_regex: { regex } } },
});
