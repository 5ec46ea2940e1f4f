import type { Lack, NearEntry, WhyNone } from './why-none.ts';

const COLUMNS = 80;
/** Selectors of the workload that are written out. */
const MAX_SHOWN = 16;
/** What an entry lacks that is written out. */
const MAX_LACKS = 4;

/** Why a workload has no identity, for a person: lines of at most 80 columns, at most 60 of them. Long
 *  names lose their middle. */
export function explainNone(why: WhyNone): string {
  return [...seenLines(why), ...nearLines(why)].map((line) => cut(line, COLUMNS)).join('\n');
}

function seenLines({ seen, seenCount, entryCount }: WhyNone): string[] {
  const entries =
    entryCount === 1 ? 'the one entry does not match' : `of ${entryCount} entries, none matches`;
  const none = entryCount === 0 ? 'no entry is registered' : entries;
  if (seenCount === 0) return [`No identity: ${none}; nothing is known of the workload.`];
  const hidden = seenCount - Math.min(seen.length, MAX_SHOWN);
  return [
    `No identity: ${none}. The workload has`,
    ...seen.slice(0, MAX_SHOWN).map((selector) => `  ${selector}`),
    ...(hidden > 0 ? [`  and ${hidden} more`] : []),
  ];
}

function nearLines({ near, entryCount }: WhyNone): string[] {
  if (near.length > 0) return near.flatMap(linesOf);
  return entryCount === 0 ? [] : ['No entry asks for anything that the workload has.'];
}

function linesOf(near: NearEntry): string[] {
  const hidden = near.lacks.length - MAX_LACKS;
  return [
    `entry ${near.spiffeId}`,
    ...near.lacks.slice(0, MAX_LACKS).flatMap(lackLines),
    ...(hidden > 0 ? [`  and lacks ${hidden} more`] : []),
    ...(near.expiredAt === undefined ? [] : [`  has expired: ${near.expiredAt}`]),
    ...(near.agent === undefined ? [] : [`  is handed out only by ${near.agent}`]),
    ...(near.denied === undefined ? [] : [`  is revoked: ${near.denied}`]),
  ];
}

function lackLines({ selector, instead }: Lack): string[] {
  if (instead.length === 0) return [`  lacks ${selector}`];
  const other = `the workload has ${instead.join(', ')}`;
  const line = `  lacks ${selector}; ${other}`;
  return [...line].length <= COLUMNS ? [line] : [`  lacks ${selector};`, `    ${other}`];
}

/** Cut in the middle: the beginning says what it is, and the end tells it from others. */
function cut(line: string, columns: number): string {
  const characters = [...line];
  if (characters.length <= columns) return line;
  const head = Math.floor((columns - 1) / 2);
  const tail = columns - 1 - head;
  return `${characters.slice(0, head).join('')}…${characters.slice(-tail).join('')}`;
}
