import ignore from 'ignore';
import type { OwnerClaim, OwnershipObservation } from '../../estate/index.ts';

/** Who owns a path by CODEOWNERS: of the lines that match, the last one counts.
 *  @see https://docs.github.com/repositories/managing-your-repositorys-settings-and-features/customizing-your-repository/about-code-owners */
export function ownersByPath(
  lines: readonly OwnershipObservation[],
): (path: string) => OwnerClaim | undefined {
  const matchers = [...lines]
    .sort((a, b) => b.order - a.order)
    .map((line) => ({ owner: line.owners[0], matcher: ignore().add(line.pattern) }));
  const known = new Map<string, OwnerClaim | undefined>();
  return (path) => {
    if (path === '') return undefined;
    if (!known.has(path)) {
      const owner = matchers.find(({ matcher }) => matcher.ignores(path))?.owner;
      known.set(path, owner === undefined ? undefined : { owner, rank: 'codeowners' });
    }
    return known.get(path);
  };
}
