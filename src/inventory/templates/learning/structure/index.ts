import type { SuffixIndex } from '../suffixes.ts';
import { type Cosines, cosinesOf } from './cosines.ts';
import type { Member } from './member.ts';
import { type Sharing, sharingOf } from './sharing.ts';
import { type Twins, twinsOf } from './twins.ts';

export type { Member } from './member.ts';

/** What the suffixes of one name have to do with those of the others beside it; `common` goes by the
 *  names that occur at several places of the API alone. */
export interface Structure {
  readonly cosines: Cosines;
  readonly sharing: Sharing;
  readonly common: Sharing;
  readonly twins: Twins;
}

/** The structure of the first so many members of a group; the others are evidence only. */
export function structuresOf(
  members: readonly Member[],
  count: number,
  index: SuffixIndex,
  commonIndex: SuffixIndex,
): Structure[] {
  const cosines = cosinesOf(members, index);
  const sharing = sharingOf(members, index);
  const twins = twinsOf(members);
  const byCommon = members.map((member) => ({
    belief: member.belief,
    views: member.views,
    isTyped: member.isTyped,
    suffixes: commonIndex.ofAll(member.views),
  }));
  const commonSharing = sharingOf(byCommon, commonIndex);
  return members.slice(0, count).map((member, rank) => ({
    cosines: cosines(rank),
    sharing: sharing(member),
    twins: twins(rank),
    common: commonSharing(byCommon[rank] ?? member),
  }));
}
