import type { Comparison, Offence, Rule } from '../comparison.ts';
import { grantKey } from '../declared-changes.ts';
import { grantedOperations } from '../granted.ts';
import { placeOf, someOf } from '../words.ts';

export const GUARDRAIL_FORBIDS: Rule = {
  id: 'check/guardrail-forbids',
  severity: 'high',
  title: 'No guardrail forbids a call that is newly declared',
  remedy: 'remove the call, or agree with the keepers of the guardrail on an exception',
  judge: forbidden,
};

export const GUARDRAIL_UNUSABLE: Rule = {
  id: 'check/guardrail-unusable',
  severity: 'critical',
  title: 'Every guardrail can be used',
  remedy: 'mend its text; one that cannot be used denies every call',
  judge: ({ head }) =>
    head.state.policy.guardrails
      .filter(({ json }) => json === undefined)
      .map((guardrail) => ({
        subject: guardrail.id,
        message: `guardrail ${guardrail.id} cannot be used, so every call is denied: ${guardrail.problem ?? 'its text is not Cedar'}`,
        newlyReaches: [],
        place: placeOf(guardrail, 'head'),
      })),
};

export const GUARDRAIL_REMOVED: Rule = {
  id: 'check/guardrail-removed',
  severity: 'high',
  title: 'No guardrail is taken away unseen',
  remedy: 'put the guardrail back, or agree on its removal with its keepers',
  onlyOfChanges: true,
  judge: removed,
};

/** Newly declared calls that guardrails forbid, or cannot judge. */
function forbidden({ base, head, judge, words, coverage }: Comparison): Offence[] {
  const { guardrails, grants } = head.state.policy;
  if (guardrails.length === 0) return [];
  const before = new Set(base.state.policy.grants.map(grantKey));
  const operationsOf = grantedOperations(head.state.policy, coverage);
  return grants
    .filter((grant) => !before.has(grantKey(grant)))
    .flatMap((grant) => {
      const { caller, callee, operations } = operationsOf(grant);
      if (!caller || !callee) return [];
      const verdicts = operations.flatMap(({ text, endpoint }) => {
        const verdict = judge.standing({ caller, callee, endpoint });
        return verdict.kind === 'forbids' || verdict.kind === 'failed' ? [{ text, verdict }] : [];
      });
      const byGuardrail = Map.groupBy(verdicts, ({ verdict }) => verdict.id);
      return [...byGuardrail].map(([id, group]): Offence => {
        const [from, to] = [words.nameOf(caller.id), words.nameOf(callee.id)];
        const verdict = group[0]?.verdict;
        const why =
          verdict?.kind === 'failed'
            ? `which guardrail ${id} fails to judge, and so denies: ${verdict.problem}`
            : `which guardrail ${id} forbids${verdict?.reason ? `: ${verdict.reason}` : ''}`;
        const texts = group.map(({ text }) => text);
        return {
          subject: from,
          message: `${from} declares ${someOf(texts)} of ${to}, ${why}`,
          newlyReaches: [],
          place: placeOf(grant.source, 'head'),
        };
      });
    });
}

/** Guardrails that are gone; with what declarations newly allow since. */
function removed({ base, head, changes }: Comparison): Offence[] {
  const now = new Set(head.state.policy.guardrails.map(({ id }) => id));
  const gone = base.state.policy.guardrails.filter(({ id }) => !now.has(id));
  const opened = changes.flatMap((change) =>
    change.layer === 'declared' && !change.byNewGrant && change.place?.state === 'base'
      ? change.gained.map((text) => `${text} of ${change.to}, by ${change.from}`)
      : [],
  );
  return gone.map((guardrail, index) => ({
    subject: guardrail.id,
    message: `guardrail ${guardrail.id} is gone${guardrail.reason ? `, which said: ${guardrail.reason}` : ''}`,
    newlyReaches: index === 0 ? opened : [],
    place: placeOf(guardrail, 'base'),
  }));
}
