import type { Waterfall, WaterfallRow } from '../model.ts';
import { fullWords, lengthWords } from '../words.ts';

/** What there is to be known of a request before its row is believed. */
export function noteWords({ notes, shiftedMs, isVirtual, isHalf, count }: WaterfallRow): string[] {
  const words: Readonly<Record<WaterfallRow['notes'][number], string>> = {
    'parent missing': 'what it was part of was not seen',
    'parent guessed': 'what it is part of is guessed, by service and time',
    'clock shifted': `the clock of its host is behind: shown ${lengthWords(shiftedMs)} later`,
    cycle: 'its parents lead back to itself',
  };
  return [
    ...notes.map((note) => words[note]),
    ...(isVirtual ? ['nobody tells of it: it stands for what others are part of'] : []),
    ...(isHalf ? ['only the caller tells of it'] : []),
    ...(count > 1 ? [`stands for ${count.toLocaleString('en')} requests`] : []),
  ];
}

/** Who called, as it is proved and as he says. */
export function callerWords({ principal, claimed, contradicts }: WaterfallRow): string {
  const says = claimed === null ? '' : fullWords(claimed);
  if (principal === null) return says === '' ? 'nobody says who' : `says to be ${says}`;
  if (contradicts) return `proved ${principal}, but says to be ${says || 'somebody else'}`;
  return `proved ${principal}`;
}

export function wholeWords({ rows, services, durationMs, cut, duplicates }: Waterfall): string {
  const parts = [
    `${rows.length.toLocaleString('en')} ${rows.length === 1 ? 'request' : 'requests'}`,
    `${services.length} ${services.length === 1 ? 'service' : 'services'}`,
    lengthWords(durationMs),
    ...(cut > 0
      ? [`${cut.toLocaleString('en')} further spans are not shown: there were too many`]
      : []),
    ...(duplicates > 0
      ? [`${duplicates.toLocaleString('en')} spans were reported more than once`]
      : []),
  ];
  return parts.join(', ');
}
