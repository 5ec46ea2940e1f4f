import type { CredentialOwnerPorts } from '../credential-owners.ts';
import type { ServerSecrets } from './secrets.ts';

/** Who answers for secrets that Reeve keeps, as far as credentials are concerned: the estate is told at once. */
export function keptOwners(secrets: ServerSecrets): CredentialOwnerPorts['kept'] {
  return {
    ownerOf: async (id) => secrets.ownerOf(await secrets.find(id)),
    edit: async (id, owner, by) => {
      await secrets.keeping.edit(id, { owner }, by);
      await secrets.feed.tell();
    },
  };
}
