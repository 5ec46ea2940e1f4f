import { stripVTControlCharacters, styleText } from 'node:util';
import { grouped } from '../base/text.ts';

export { grouped };

/** How results are written for people: 80 columns, colour only on a terminal that wants it, and no
 *  control character of foreign text ever reaches the screen. */

export type Style = Parameters<typeof styleText>[0];

export type Painter = (style: Style, text: string) => string;

/** Colours where the stream is a terminal and NO_COLOR is not set (https://no-color.org). */
export function painterFor(stream: { isTTY?: boolean }, environment: NodeJS.ProcessEnv): Painter {
  const isColoured = stream.isTTY === true && !environment.NO_COLOR && environment.TERM !== 'dumb';
  return (style, text) => (isColoured ? styleText(style, text, { validateStream: false }) : text);
}

/** Foreign text on one line, without control characters or marks that turn the line around. */
export function plain(text: string): string {
  return stripVTControlCharacters(text).replace(
    // biome-ignore lint/suspicious/noControlCharactersInRegex: these are the ones to drop
    /[\u0000-\u001f\u007f-\u009f\u202a-\u202e\u2066-\u2069]/g,
    ' ',
  );
}

/** Foreign text of several lines, as it is where nobody looks at it, and without control characters on a terminal. */
export const shown = (text: string, stream: { isTTY?: boolean }): string =>
  stream.isTTY === true ? text.split('\n').map(plain).join('\n') : text;

/** `1 service`, `2 services`, `3 entries`. */
export function counted(count: number, noun: string, plural = `${noun}s`): string {
  return `${grouped(count)} ${count === 1 ? noun : plural}`;
}

/** Breaks text at spaces into lines of at most `width` characters; longer words stand alone. */
export function wrap(text: string, width: number): string[] {
  const lines: string[] = [];
  let line = '';
  for (const word of text.split(/\s+/)) {
    if (line !== '' && line.length + 1 + word.length > width) {
      lines.push(line);
      line = word;
    } else line = line === '' ? word : `${line} ${word}`;
  }
  return line === '' ? lines : [...lines, line];
}

/** Fills the left text up to `width` and sets the right text at its end. */
export function spread(left: string, right: string, width = 80): string {
  return `${left}${' '.repeat(Math.max(1, width - left.length - right.length))}${right}`;
}

/** Writes one line over itself while long work runs; nothing where the stream is no terminal. */
export function progressOn(stream: NodeJS.WriteStream, label: string) {
  let last = 0;
  return {
    update(done: number, total: number): void {
      const now = Date.now();
      if (!stream.isTTY || now - last < 100) return;
      last = now;
      stream.write(`\r\x1b[K${label} ${grouped(done)} of ${grouped(total)}`);
    },
    end(): void {
      if (stream.isTTY && last > 0) stream.write('\r\x1b[K');
    },
  };
}

export interface AnswerFigures {
  readonly question: string;
  readonly satisfied: number;
  readonly total: number;
}

/** A question with its answer and figures, on one line of 80 columns. A question that asks about
 *  nothing has no answer yet. */
export function answerHeadline(
  { question, satisfied, total }: AnswerFigures,
  paint: Painter,
): string {
  const isYes = satisfied === total;
  const [mark, style]: [string, Style] =
    total === 0 ? ['-', 'gray'] : isYes ? ['yes', 'green'] : ['NO', 'red'];
  const figures = total === 0 ? 'none found' : `${grouped(satisfied)} of ${grouped(total)}`;
  return paint(style, spread(`  ${mark.padEnd(4)}${question}`, figures));
}
