import type { Severity } from '../../../estate/index.ts';
import { plain } from '../../terminal.ts';
import { type CheckReport, type ReportedViolation, waiverText } from './report.ts';

type Kind = 'error' | 'warning' | 'notice';
const KINDS: readonly Kind[] = ['error', 'warning', 'notice'];
const KIND_OF: Readonly<Record<Severity, Kind>> = {
  critical: 'error',
  high: 'error',
  medium: 'warning',
  low: 'notice',
  info: 'notice',
};
/** GitHub shows as many of each kind for a step. */
const MAX_OF_KIND = 10;
const REACHED_SHOWN = 10;

/** Workflow commands of GitHub Actions, which show each violation at its line.
 *  @see https://docs.github.com/actions/reference/workflow-commands-for-github-actions */
export function toGithub({ violations }: CheckReport): string {
  return KINDS.flatMap((kind) => {
    const ofKind = violations.filter((violation) => kindOf(violation) === kind);
    const isOver = ofKind.length > MAX_OF_KIND;
    const shown = isOver ? ofKind.slice(0, MAX_OF_KIND - 1) : ofKind;
    const more = ofKind.length - shown.length;
    return [
      ...shown.map((violation) => command(kind, violation)),
      ...(isOver ? [`::${kind}::… and ${more} more: see the report of reeve check\n`] : []),
    ];
  }).join('');
}

/** What rejects the change is an error, whatever its severity; what is accepted is worth a notice. */
function kindOf({ severity, fails, waiver }: ReportedViolation): Kind {
  if (waiver) return 'notice';
  return fails ? 'error' : KIND_OF[severity];
}

function command(
  kind: Kind,
  { rule, message, newlyReaches, remedy, location, waiver }: ReportedViolation,
): string {
  const at =
    location === null || location.state === 'base'
      ? []
      : [
          `file=${property(location.file)}`,
          ...(location.line === undefined ? [] : [`line=${location.line}`]),
          ...(location.column === undefined ? [] : [`col=${location.column}`]),
        ];
  const was = location?.state === 'base' ? ` (was in ${location.file})` : '';
  const reached = newlyReaches.slice(0, REACHED_SHOWN).map((item) => `\n- ${plain(item)}`);
  const more =
    newlyReaches.length > REACHED_SHOWN
      ? `\n… and ${newlyReaches.length - REACHED_SHOWN} more`
      : '';
  const text = `${plain(message)}${was}${reached.length > 0 ? `\nNewly reaches:${reached.join('')}${more}` : ''}\n${waiver ? plain(waiverText(waiver)) : `Fix: ${remedy}`}`;
  return `::${kind} ${[...at, `title=${property(rule)}`].join(',')}::${data(text)}\n`;
}

function data(text: string): string {
  return text.replaceAll('%', '%25').replaceAll('\r', '%0D').replaceAll('\n', '%0A');
}

function property(text: string): string {
  return data(text).replaceAll(':', '%3A').replaceAll(',', '%2C');
}
