import { toPlace } from '../../../base/diagnostic.ts';
import type { Severity } from '../../../estate/index.ts';
import { counted, grouped, type Painter, plain, type Style, spread, wrap } from '../../terminal.ts';
import {
  type CheckReport,
  type ReportedChange,
  type ReportedViolation,
  revisionText,
  sentenceOf,
  waiverText,
  wrongs,
} from './report.ts';

const STYLES: Readonly<Record<Severity, Style>> = {
  critical: ['bold', 'red'],
  high: 'red',
  medium: 'yellow',
  low: 'cyan',
  info: 'gray',
};
const REACHED_SHOWN = 10;
const CHANGES_SHOWN = 40;
const DIAGNOSTICS_SHOWN = 10;

/** For a terminal of 80 columns: what is wrong, the worst first, then all that changes. */
export function toText(report: CheckReport, paint: Painter): string {
  return [
    ...head(report, paint),
    ...wrongs(report).flatMap((violation) => violationLines(violation, paint)),
    ...changeLines(report, true, paint),
    ...changeLines(report, false, paint),
    ...rest(report),
    '',
  ].join('\n');
}

function head(report: CheckReport, paint: Painter): string[] {
  const { base, head: of, failOn, violations, identical } = report;
  const intro = wrap(`${plain(revisionText(of))} against ${plain(revisionText(base))}`, 80);
  if (identical) return [...intro, paint('green', 'Nothing changed.')];
  const failing = violations.filter(({ fails }) => fails).length;
  const verdict =
    report.verdict === 'rejected'
      ? paint(
          ['bold', 'red'],
          `REJECTED: ${counted(failing, 'violation')} of severity ${failOn} or worse`,
        )
      : paint('green', report.changes.length === 0 ? 'Passed: no reach changes.' : 'Passed.');
  return [...intro, verdict];
}

function violationLines(
  { id, rule, severity, location, message, newlyReaches, remedy, waiver }: ReportedViolation,
  paint: Painter,
): string[] {
  const shown = newlyReaches.slice(0, REACHED_SHOWN);
  const more = newlyReaches.length - shown.length;
  return [
    '',
    paint(STYLES[severity], spread(`${severity.padEnd(9)}${rule}`, '')).trimEnd(),
    ...(location ? [`  ${paint('bold', plain(toPlace(location)))}${gone(location)}`] : []),
    ...indented(plain(message), 4),
    ...(shown.length > 0 ? ['    newly reaches:'] : []),
    ...shown.flatMap((text) => hanging(`- ${plain(text)}`, 6)),
    ...(more > 0 ? [`      … and ${grouped(more)} more`] : []),
    ...(waiver
      ? indented(plain(`${waiverText(waiver)} [${toPlace(waiver.location)}]`), 2)
      : indented(`fix: ${remedy}`, 2).map((line) => paint('gray', line))),
    paint('gray', `  id: ${id}`),
  ];
}

function changeLines({ changes }: CheckReport, isGain: boolean, paint: Painter): string[] {
  const told = changes.filter(({ gained, lost }) => (isGain ? gained : lost).length > 0);
  if (told.length === 0) return [];
  const title = isGain ? 'What is newly possible' : 'What is no longer possible';
  const shown = told.slice(0, CHANGES_SHOWN);
  return [
    '',
    paint('bold', title),
    ...shown.flatMap((change) => changeText(change, isGain)),
    ...(told.length > shown.length ? [`  … and ${grouped(told.length - shown.length)} more`] : []),
  ];
}

function changeText(change: ReportedChange, isGain: boolean): string[] {
  const texts = isGain ? change.gained : change.lost;
  const shown = texts.slice(0, REACHED_SHOWN);
  const more = texts.length > shown.length ? ` and ${texts.length - shown.length} more` : '';
  const sentence = `${sentenceOf(change, isGain)}: ${shown.join(', ')}${more}`;
  const place = change.location ? ` [${toPlace(change.location)}]` : '';
  return hanging(plain(`${isGain ? '+' : '-'} ${sentence}${place}`), 2);
}

function rest({ unchanged, diagnostics }: CheckReport): string[] {
  const shown = diagnostics.slice(0, DIAGNOSTICS_SHOWN);
  return [
    ...(unchanged > 0
      ? [
          '',
          `${counted(unchanged, 'violation')} of before ${unchanged === 1 ? 'is' : 'are'} not counted.`,
        ]
      : []),
    ...(shown.length > 0 ? ['', 'Not all could be read:'] : []),
    ...shown.flatMap((one) => hanging(plain(`${toPlace(one)}: ${one.message}`), 2)),
    ...(diagnostics.length > shown.length
      ? [`  … and ${grouped(diagnostics.length - shown.length)} more`]
      : []),
  ];
}

function gone({ state }: { readonly state: 'base' | 'head' }): string {
  return state === 'base' ? ' (gone)' : '';
}

function indented(text: string, by: number): string[] {
  return wrap(text, 80 - by).map((line) => ' '.repeat(by) + line);
}

/** Lines after the first stand two further in. */
function hanging(text: string, by: number): string[] {
  return wrap(text, 78 - by).map((line, index) => ' '.repeat(index === 0 ? by : by + 2) + line);
}
