import { compareText } from '../../base/diagnostic.ts';
import type { PolicyService } from '../model/index.ts';
import { StringTable } from './string-table.ts';

/** Services that cannot be told apart by the identity that is proved: most often one. */
export interface Principal {
  /** By id; numbers of services. */
  readonly services: readonly number[];
  /** SPIFFE IDs that prove to be just these, in their order. */
  readonly identities: readonly string[];
}

/** Who may have proved to be whom. Services are given by their ids' order. */
export function toPrincipals(services: readonly PolicyService[]): Principal[] {
  const servicesOf = new Map<string, number[]>();
  services.forEach(({ identities }, number) => {
    for (const identity of new Set(identities)) {
      const sharing = servicesOf.get(identity);
      if (sharing) sharing.push(number);
      else servicesOf.set(identity, [number]);
    }
  });
  const groups = new Map<string, { services: readonly number[]; identities: string[] }>();
  for (const [identity, sharing] of servicesOf) {
    const key = sharing.join();
    const group = groups.get(key);
    if (group) group.identities.push(identity);
    else groups.set(key, { services: sharing, identities: [identity] });
  }
  const principals = [...groups.values()];
  for (const { identities } of principals) identities.sort(compareText);
  return principals.sort((a, b) => compareText(a.identities[0] ?? '', b.identities[0] ?? ''));
}

/** Numbers of principals by identity. */
export function toPrincipalTable(principals: readonly Principal[]): StringTable {
  return new StringTable(
    principals.flatMap(({ identities }) => identities),
    principals.flatMap(({ identities }, number) => identities.map(() => number)),
  );
}
