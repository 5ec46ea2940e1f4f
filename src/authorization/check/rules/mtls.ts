import { type Comparison, gains, type Offence, type Rule } from '../comparison.ts';
import type { Inbound } from '../model.ts';
import { someOf } from '../words.ts';

const REMEDY = 'set the mode to STRICT, or limit the exception to the one port that needs it';

export const MTLS_DISABLED: Rule = {
  id: 'check/mtls-disabled',
  severity: 'high',
  title: 'No service switches mutual TLS off',
  remedy: REMEDY,
  judge: (comparison) =>
    offences(
      comparison,
      ['disabled'],
      (names) =>
        `mutual TLS is switched off for ${names}: plain text is let in, and callers prove nothing`,
    ),
};

export const MTLS_PERMISSIVE: Rule = {
  id: 'check/mtls-permissive',
  severity: 'medium',
  title: 'No service lets plain text in beside mutual TLS',
  remedy: REMEDY,
  judge: (comparison) =>
    offences(
      comparison,
      ['permissive', 'unknown', 'none'],
      (names) => `plain text is newly let in to ${names}: callers need not prove who they are`,
    ),
};

/** One for each line that causes it, whatever the number of services. */
function offences(
  comparison: Comparison,
  inbounds: readonly Inbound[],
  say: (names: string) => string,
): Offence[] {
  const worse = gains(comparison, 'mtls').filter(({ after }) => inbounds.includes(after));
  const groups = Map.groupBy(worse, ({ place, to }) =>
    place ? `${place.file}:${place.line}` : to,
  );
  return [...groups.values()].map((group) => {
    const names = [...new Set(group.map(({ to }) => to))];
    return {
      subject: names.join(', '),
      message: say(someOf(names)),
      newlyReaches: names.map((name) => `plain text of ${name}`),
      place: group[0]?.place,
    };
  });
}
