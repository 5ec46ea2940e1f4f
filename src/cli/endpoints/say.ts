import { plain, wrap } from '../terminal.ts';

const WIDTH = 80;

/** Writes one message in lines of 80 columns; further lines are indented by two more. */
export function say(write: (line: string) => void, text: string): void {
  const indent = /^ */.exec(text)?.[0] ?? '';
  wrap(plain(text.trim()), WIDTH - indent.length - 2).forEach((line, index) => {
    write(`${indent}${index === 0 ? '' : '  '}${line}`);
  });
}
