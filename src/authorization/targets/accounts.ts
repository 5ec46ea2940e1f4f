import type { CallerRules } from '../model/index.ts';
import type { TargetContext } from './compiled.ts';

/** A service account of Kubernetes, which is what meshes make identities of. */
export interface Account {
  readonly namespace: string;
  readonly name: string;
}

const OF_ACCOUNT = /^spiffe:\/\/([^/]+)\/ns\/([^/]+)\/sa\/([^/]+)$/;

/** The accounts that identities of a mesh stand for, and the identities that stand for none.
 *  @see https://github.com/spiffe/spiffe/blob/main/standards/SPIFFE-ID.md */
export function accountsOf(
  { identities }: CallerRules,
  { trustDomain }: TargetContext,
): { readonly accounts: readonly Account[]; readonly others: readonly string[] } {
  const accounts: Account[] = [];
  const others: string[] = [];
  for (const identity of identities) {
    const [, domain, namespace, name] = OF_ACCOUNT.exec(identity) ?? [];
    if (domain === trustDomain && namespace && name) accounts.push({ namespace, name });
    else others.push(identity);
  }
  return { accounts, others };
}
