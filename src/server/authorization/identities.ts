import {
  candidatesOf,
  DEFAULT_TEMPLATE,
  type NamingRules,
  parseTemplate,
  type RegisterableService,
} from '../../identity/registration/index.ts';

export interface IdentityNames {
  readonly trustDomain: string;
  /** Trust domains of meshes, whose identities are `spiffe://TRUST-DOMAIN/ns/NAMESPACE/sa/ACCOUNT`. */
  readonly meshTrustDomains: readonly string[];
}

/** The SPIFFE IDs that services have by what is known of them, as they would be registered. */
export function identitiesByName(
  services: readonly RegisterableService[],
  { trustDomain, meshTrustDomains }: IdentityNames,
): Map<string, string[]> {
  const identities = new Map<string, string[]>();
  for (const name of new Set([trustDomain, ...meshTrustDomains])) {
    for (const candidate of candidatesOf(services, rulesOf(name)).candidates) {
      for (const { id } of candidate.services) add(identities, id, candidate.spiffeId);
    }
  }
  return identities;
}

function rulesOf(trustDomain: string): NamingRules {
  return { trustDomain, template: parseTemplate(DEFAULT_TEMPLATE), defaultAccounts: false };
}

/** Each once, in the order of their coming. */
export function add(lists: Map<string, string[]>, key: string, item: string): void {
  const list = lists.get(key);
  if (list === undefined) lists.set(key, [item]);
  else if (!list.includes(item)) list.push(item);
}
