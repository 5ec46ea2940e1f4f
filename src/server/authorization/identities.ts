import {
  candidatesOf,
  DEFAULT_TEMPLATE,
  type Entry,
  type NamingRules,
  parseTemplate,
  type RegisterableService,
} from '../../identity/registration/index.ts';

/** The SPIFFE IDs that services have by what is known of them: those that they would be registered under, and those
 *  that meshes give to service accounts, `spiffe://TRUST-DOMAIN/ns/NAMESPACE/sa/ACCOUNT`. */
export function identitiesByName(
  services: readonly RegisterableService[],
  trustDomains: readonly string[],
): Map<string, string[]> {
  const identities = new Map<string, string[]>();
  for (const name of new Set(trustDomains)) {
    for (const candidate of candidatesOf(services, rulesOf(name)).candidates) {
      for (const { id } of candidate.services) add(identities, id, candidate.spiffeId);
    }
  }
  return identities;
}

function rulesOf(trustDomain: string): NamingRules {
  return { trustDomain, template: parseTemplate(DEFAULT_TEMPLATE), defaultAccounts: false };
}

/** Adds the SPIFFE IDs that services are registered under. */
export function addRegistered(
  identities: Map<string, string[]>,
  entries: Iterable<Pick<Entry, 'spiffeId' | 'services'>>,
): Map<string, string[]> {
  for (const { spiffeId, services } of entries) {
    for (const service of services) add(identities, service, spiffeId);
  }
  return identities;
}

/** Each once, in the order of their coming. */
function add(lists: Map<string, string[]>, key: string, item: string): void {
  const list = lists.get(key);
  if (list === undefined) lists.set(key, [item]);
  else if (!list.includes(item)) list.push(item);
}
