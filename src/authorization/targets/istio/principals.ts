import { compareText } from '../../../base/diagnostic.ts';
import type { CallerRules } from '../../model/index.ts';
import type { TargetContext } from '../compiled.ts';

/** Who a caller is in Istio's words, and what of it cannot be said. */
export interface Principals {
  /** `example.org/ns/shop/sa/web`; sorted. */
  readonly values: readonly string[];
  readonly problems: readonly string[];
}

const SCHEME = 'spiffe://';
/** Istio takes it for the trust domain of the mesh, whatever that is called. */
const OWN_DOMAIN = 'cluster.local';

/** The identities of a caller. Those of other trust domains are proved where the mesh trusts them.
 *  @see https://istio.io/latest/docs/reference/config/security/authorization-policy/#Source */
export function principalsOf(
  { identities }: CallerRules,
  { trustDomain }: TargetContext,
): Principals {
  const all = identities.map((identity) => identity.slice(SCHEME.length)).sort(compareText);
  const mistaken = all.filter((one) => isOf(one, OWN_DOMAIN) && trustDomain !== OWN_DOMAIN);
  const values = all.filter((one) => !mistaken.includes(one));
  const isForeign = values.length > 0 && !values.some((one) => isOf(one, trustDomain));
  return {
    values,
    problems: [
      ...mistaken.map((one) => `Istio would take ${one} for an identity of ${trustDomain}`),
      ...(isForeign ? [`It has no identity of ${trustDomain}, so Istio must trust its own`] : []),
    ],
  };
}

const isOf = (principal: string, trustDomain: string): boolean =>
  principal.startsWith(`${trustDomain}/`);
