import type { Retirer } from '../../assurance/offboarding/index.ts';
import type { EstateStore } from '../../estate/index.ts';
import type { People } from '../auth/people.ts';
import type { Decisions } from '../decisions.ts';
import type { Identity } from '../identity/identity.ts';
import type { SecretsDomain } from '../secrets/domain.ts';
import * as retirers from './retirers.ts';
import { ownSecrets, sharedSecrets } from './secrets.ts';

export interface RetirersParts {
  readonly store: EstateStore;
  readonly decisions: Decisions;
  readonly domain: Pick<SecretsDomain, 'secrets' | 'dynamic' | 'apiKeys'>;
  readonly people: People;
  /** Undefined where no identities are given out. */
  readonly identity: Pick<Identity, 'registrar'> | undefined;
}

/** All that services and teams may have, in the order in which it is taken from them. */
export const retirersOf = ({
  store,
  decisions,
  domain: { secrets, dynamic, apiKeys },
  people,
  identity,
}: RetirersParts): readonly Retirer[] => [
  ...(identity ? [retirers.identities(identity.registrar)] : []),
  retirers.endpoints(store, decisions),
  ownSecrets(secrets.keeping, () => dynamic.credentials.roles()),
  sharedSecrets(secrets.keeping),
  retirers.leases(dynamic.credentials),
  retirers.roles(dynamic.credentials),
  retirers.apiKeys(apiKeys),
  retirers.people(people),
  retirers.inRepositories(store),
];
