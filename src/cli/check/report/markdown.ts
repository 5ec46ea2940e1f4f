import { toPlace } from '../../../base/diagnostic.ts';
import { counted, grouped, plain } from '../../terminal.ts';
import {
  type CheckReport,
  type ReportedChange,
  type ReportedViolation,
  revisionText,
  sentenceOf,
  waiverText,
  wrongs,
} from './report.ts';

/** Code hosts refuse comments of more than 65,536 characters. */
const MAX_LENGTH = 60_000;
const REACHED_SHOWN = 20;
/** By which a later comment replaces an earlier one. */
export const MARKER = '<!-- reeve check -->';

/** GitHub-flavoured Markdown for a comment on a pull request: the verdict, what is wrong, and the rest folded away. */
export function toMarkdown(report: CheckReport): string {
  const found = wrongs(report);
  const parts = [
    ...found.map(violationText),
    ...folded(report, true),
    ...folded(report, false),
    ...notes(report),
  ];
  // Accepted ones are neither why it is rejected, nor below the severity.
  const open = found.filter(({ waiver }) => waiver === null);
  return `${bounded([...head(report, open.length), ...parts], MAX_LENGTH)}\n`;
}

function head(
  { verdict, identical, failOn, base, head: of, changes }: CheckReport,
  count: number,
): string[] {
  const summary = identical
    ? 'Nothing changed.'
    : verdict === 'rejected'
      ? `**Rejected.** ${counted(count, 'violation')}; those of severity ${failOn} or worse reject a change.`
      : changes.length === 0
        ? '**Passed.** No reach changes.'
        : `**Passed.**${count > 0 ? ` ${counted(count, 'violation')} below ${failOn}.` : ''}`;
  return [
    MARKER,
    `### ${verdict === 'rejected' ? '❌' : '✅'} Reeve: what this change newly allows`,
    `${summary} ${text(revisionText(of))} against ${text(revisionText(base))}.`,
  ];
}

function violationText({
  id,
  waiver,
  rule,
  severity,
  message,
  location,
  newlyReaches,
  remedy,
}: ReportedViolation): string {
  const place = location
    ? ` \`${code(toPlace(location))}\`${location.state === 'base' ? ' (gone)' : ''}`
    : '';
  const shown = newlyReaches.slice(0, REACHED_SHOWN).map((item) => `- ${text(item)}`);
  const more = newlyReaches.length - shown.length;
  return [
    `**${severity}** ${rule}${place}`,
    `${text(message)}.`,
    ...(shown.length > 0 ? ['', 'Newly reaches:', '', ...shown] : []),
    ...(more > 0 ? [`- … and ${grouped(more)} more`] : []),
    '',
    waiver
      ? `_${sentence(text(waiverText(waiver)))}_ \`${code(toPlace(waiver.location))}\``
      : `_Fix: ${text(remedy)}._ \`${id}\``,
  ].join('\n');
}

function folded({ changes }: CheckReport, isGain: boolean): string[] {
  const told = changes.filter(({ gained, lost }) => (isGain ? gained : lost).length > 0);
  if (told.length === 0) return [];
  const title = isGain ? 'What is newly possible' : 'What is no longer possible';
  return [
    `<details><summary>${title} (${grouped(told.length)})</summary>\n`,
    ...told.map((one) => changeText(one, isGain)),
    '\n</details>',
  ];
}

function changeText(change: ReportedChange, isGain: boolean): string {
  const texts = isGain ? change.gained : change.lost;
  const shown = texts.slice(0, REACHED_SHOWN).join(', ');
  const more = texts.length > REACHED_SHOWN ? ` and ${texts.length - REACHED_SHOWN} more` : '';
  const place = change.location ? ` \`${code(toPlace(change.location))}\`` : '';
  return `- ${text(`${sentenceOf(change, isGain)}: ${shown}${more}`)}${place}`;
}

function notes({ unchanged, diagnostics }: CheckReport): string[] {
  const told = diagnostics
    .slice(0, 50)
    .map((one) => `- \`${code(toPlace(one))}\`: ${text(one.message)}`);
  return [
    ...(unchanged > 0 ? [`${counted(unchanged, 'violation')} of before not counted.`] : []),
    ...(told.length > 0
      ? [
          `<details><summary>Not all could be read (${grouped(diagnostics.length)})</summary>\n`,
          ...told,
          '\n</details>',
        ]
      : []),
  ];
}

/** Parts up to a length; what is opened is closed. */
function bounded(parts: readonly string[], maxLength: number): string {
  const kept: string[] = [];
  let length = 0;
  let open = 0;
  for (const part of parts) {
    length += part.length + 2;
    if (length > maxLength - 200) {
      const closing = open > 0 ? ['\n</details>'] : [];
      return join([
        ...kept,
        '- …',
        ...closing,
        '_Too much for a comment: run `reeve check` to see all of it._',
      ]);
    }
    kept.push(part);
    open += Number(part.startsWith('<details>')) - Number(part === '\n</details>');
  }
  return join(kept);
}

/** Items of a list stand on lines of their own, everything else is a paragraph. */
function join(parts: readonly string[]): string {
  return parts.reduce((all, part) => {
    if (all === '') return part;
    return all + (part.startsWith('- ') || part.startsWith('\n') ? '\n' : '\n\n') + part;
  }, '');
}

function sentence(words: string): string {
  return `${words.charAt(0).toUpperCase()}${words.slice(1)}.`;
}

/** Foreign text without markup of its own, and without mentions of anybody; backticks of our messages stay. */
function text(value: string): string {
  return plain(value)
    .replace(/[\\|<>[\]*_~#]/g, (character) => `\\${character}`)
    .replace(/@/g, '@\u200b');
}

function code(value: string): string {
  return plain(value).replaceAll('`', "'");
}
