import ignore from 'ignore';
import type { OwnerClaim, OwnershipObservation, Source } from '../../estate/index.ts';

export interface PathOwner {
  readonly claim: OwnerClaim;
  /** The line that says so. */
  readonly source: Source;
}

/** Who owns a path by CODEOWNERS: of the lines that match, the last one counts.
 *  @see https://docs.github.com/repositories/managing-your-repositorys-settings-and-features/customizing-your-repository/about-code-owners */
export function ownersByPath(
  lines: readonly OwnershipObservation[],
): (path: string) => PathOwner | undefined {
  const matchers = [...lines]
    .sort((a, b) => b.order - a.order)
    .map((line) => ({ line, matcher: ignore().add(line.pattern) }));
  const known = new Map<string, PathOwner | undefined>();
  return (path) => {
    if (path === '') return undefined;
    if (!known.has(path)) {
      const line = matchers.find(({ matcher }) => matcher.ignores(path))?.line;
      const owner = line?.owners[0];
      const found =
        line && owner !== undefined ? { claim: toClaim(owner), source: line.source } : undefined;
      known.set(path, found);
    }
    return known.get(path);
  };
}

function toClaim(owner: string): OwnerClaim {
  return { owner, rank: 'codeowners' };
}
