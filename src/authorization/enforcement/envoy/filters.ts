import type { CalleeRules } from '../../model/index.ts';
import { NOTHING, type Rbac, type RbacFilter, rbacOf } from '../../targets/envoy-rbac/index.ts';

/** How an Envoy uses the rules of its service.
 *  - `enforcing`: it refuses what they do not let in, without a word about why
 *  - `marking`: it refuses nothing, and says in the request's dynamic metadata whether they let it in, so that external
 *    authorisation is asked about the rest, which knows more than rules can say, and tells why */
export type FilterUse = 'enforcing' | 'marking';

/** How the keys begin under which marks stand in the dynamic metadata of `envoy.filters.http.rbac`:
 *  `reeve_shadow_engine_result` is `allowed` or `denied`, `reeve_shadow_effective_policy_id` what has let it in. */
const MARK_PREFIX = 'reeve_';

/** What lets in whatever no declaration does, where a service only logs. Policies are tried in the order of their names,
 *  and those of callers begin with `spiffe`. */
const ONLY_LOGGED = '~only-logged';

type Filter = Readonly<Record<FilterUse, (rbac: Rbac, mode: CalleeRules['mode']) => RbacFilter>>;

const FILTERS: Filter = {
  enforcing: (rbac, mode) => (mode === 'shadow' ? { shadow_rules: rbac } : { rules: rbac }),
  marking: (rbac, mode) => ({
    shadow_rules: mode === 'shadow' ? orElseLogged(rbac) : rbac,
    shadow_rules_stat_prefix: MARK_PREFIX,
  }),
};

/** The filter for the Envoy of a service; undefined: of no service that is known, which nobody may call. */
export function filterFor(use: FilterUse, callee: CalleeRules | undefined): RbacFilter {
  if (!callee) return FILTERS[use](NOTHING, 'enforce');
  return FILTERS[use](rbacOf(callee).rbac, callee.mode);
}

function orElseLogged({ action, policies }: Rbac): Rbac {
  const anything = { permissions: [{ any: true }], principals: [{ any: true }] } as const;
  return { action, policies: { ...policies, [ONLY_LOGGED]: anything } };
}
