import { toPlace } from '../../base/diagnostic.ts';
import {
  type CredentialRecord,
  OWNER_RANKS,
  type OwnerRank,
  type ServiceRecord,
  type Source,
} from '../../estate/index.ts';

/** A team, and who says that it answers. */
export interface OwnerFound {
  readonly owner: string;
  /** `declared in orders/reeve.yaml:4`. */
  readonly because: string;
}

/** Who answers for a credential: whom a person names (of a secret that Reeve keeps: with the secret, for that says who may
 *  change it), else what is said of the credential or of the service that it was
 *  made for, whichever is the stronger word, and of equals what is said of the credential. One that was made for nobody
 *  in particular belongs to the one team that owns all services that use it. Null: nobody. */
export function ownerOf(
  record: CredentialRecord,
  services: ReadonlyMap<string, ServiceRecord>,
): OwnerFound | null {
  const { owner, ownerSource, belongsTo, assigned, secret } = record;
  const isNamedWithSecret = secret !== undefined && owner?.rank === 'person';
  if (assigned && !isNamedWithSecret) {
    const { by, at } = assigned;
    return { owner: assigned.owner, because: `assigned by ${by} on ${at.slice(0, 10)}` };
  }
  const users = belongsTo === undefined ? record.services : [belongsTo];
  const common = commonOwner(users, services);
  if (owner && !(common && isStronger(common.rank, owner.rank))) {
    return { owner: owner.owner, because: SAID[owner.rank](ownerSource) };
  }
  return common && { owner: common.owner, because: `owns ${common.names}, ${WORDS[common.rank]}` };
}

const isStronger = (one: OwnerRank, other: OwnerRank): boolean =>
  OWNER_RANKS.indexOf(one) < OWNER_RANKS.indexOf(other);

interface Common {
  readonly owner: string;
  /** Of the weakest of the claims that it takes. */
  readonly rank: OwnerRank;
  readonly names: string;
}

function commonOwner(
  users: readonly string[],
  services: ReadonlyMap<string, ServiceRecord>,
): Common | null {
  const claims = users.map((id) => services.get(id)?.owner);
  const [first] = claims;
  if (!first || claims.some((claim) => claim?.owner !== first.owner)) return null;
  const rank = OWNER_RANKS.findLast((one) => claims.some((claim) => claim?.rank === one));
  const [name = '', ...others] = users.map((id) => services.get(id)?.name ?? id);
  const names = others.length === 0 ? name : `${name} and ${others.length} more that use it`;
  return { owner: first.owner, rank: rank ?? first.rank, names };
}

/** What a service's owner is known by. */
const WORDS: Readonly<Record<OwnerRank, string>> = {
  person: 'as a person said',
  declaration: 'as its declaration says',
  catalogue: 'as the catalogue says',
  codeowners: 'by CODEOWNERS',
  label: 'by its labels',
};

const SAID: Readonly<Record<OwnerRank, (source: Source | undefined) => string>> = {
  person: () => 'a person said so',
  declaration: (source) => `declared${placeOf('in', source)}`,
  catalogue: (source) => `named by the catalogue${placeOf('in', source)}`,
  codeowners: (source) => `by CODEOWNERS${placeOf('for', source)}`,
  label: (source) => `by a label${placeOf('of', source)}`,
};

function placeOf(word: string, source: Source | undefined): string {
  return source?.file === undefined ? '' : ` ${word} ${toPlace({ ...source, file: source.file })}`;
}
