import { type Comparison, gains, type Offence, ofCallee, type Rule } from '../comparison.ts';
import { someOf } from '../words.ts';

export const BLAST_RADIUS: Rule = {
  id: 'check/blast-radius',
  severity: 'medium',
  title: 'No change lets one service reach many more',
  remedy: 'call fewer services, or raise --max-blast where the growth is meant',
  onlyOfChanges: true,
  judge: grown,
};

/** Callers that reach more services than before by more than the bound, themselves and through others. */
function grown(comparison: Comparison): Offence[] {
  const { base, head, words, options } = comparison;
  const changes = Map.groupBy(gains(comparison, 'declared'), ({ caller }) => caller.id);
  return [...changes].flatMap(([caller, opened]) => {
    const before = base.graph.reachedFrom(caller);
    const added = [...head.graph.reachedFrom(caller)].filter((id) => !before.has(id));
    if (added.length <= options.maxBlast) return [];
    const name = words.nameOf(caller);
    const cause = opened.find(({ change }) => change === 'added') ?? opened[0];
    const names = added.map((id) => words.nameOf(id)).sort();
    return [
      {
        subject: name,
        message: `${name} reaches ${before.size + added.length} services instead of ${before.size}, which is ${added.length} more, and ${options.maxBlast} are allowed: ${someOf(names)}`,
        newlyReaches: opened.flatMap(({ gained, to }) => ofCallee(gained, to)),
        place: cause?.place,
      },
    ];
  });
}
