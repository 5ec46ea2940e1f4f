import type { DataDocument, DataPath } from '../../base/data.ts';
import { isFields, listAt, textAt } from '../../base/pick.ts';
import { detect, detectValue } from './detect.ts';
import { type Found, type Leaf, type Places, toFound } from './found.ts';
import { kindOfImage } from './kinds.ts';
import type { Match } from './match.ts';

/** What Compose services and Kubernetes containers have in common: variables and words of commands. */

type Context = Pick<Found, 'in'> & Partial<Found>;

/** Judges one variable. The image tells what `ROOT_PASSWORD` opens. */
export function judgeVariable(
  document: DataDocument,
  places: Places,
  leaf: Leaf,
  context: Context,
  image: string | undefined,
): Found[] {
  return detectValue(leaf.name, leaf.value).map((match) =>
    toFound(withImage(match, image), leaf.value, places.of(document, leaf, match), context),
  );
}

function withImage(match: Match, image: string | undefined): Match {
  const kind = match.kind === 'password' && image !== undefined ? kindOfImage(image) : undefined;
  return kind === undefined ? match : { ...match, kind };
}

/** Judges the words of a command as one line, so that an option finds its value in the next word. */
export function judgeWords(
  document: DataDocument,
  places: Places,
  words: readonly Leaf[],
  context: Context,
): Found[] {
  const starts: number[] = [];
  let line = '';
  for (const { value } of words) {
    starts.push(line.length);
    line += `${value} `;
  }
  return detect(line, { syntax: 'shell', path: 'command' }).map((match) => {
    const index = starts.findLastIndex((start) => start <= match.start);
    const [word, start] = [words[index], starts[index] ?? 0];
    const inWord = { ...match, start: match.start - start, end: match.end - start };
    const place = word ? places.of(document, word, inWord) : { line: 1, column: 1 };
    return toFound(match, line, place, { ...context, in: 'argument' });
  });
}

/** The words of `command`, `args` or `entrypoint`, as a text or as a list. */
export function wordsAt(value: unknown, path: DataPath): readonly Leaf[] {
  const whole = textAt(value);
  if (whole !== undefined) return [{ path, name: 'command', value: whole }];
  return listAt(value).flatMap((item, index) => {
    const word = textAt(item);
    return word === undefined ? [] : [{ path: [...path, index], name: 'command', value: word }];
  });
}

/** Variables in each form: `NAME: value`, `- NAME=value` and `- name: NAME` with `value:`. */
export function variablesAt(value: unknown, path: DataPath): readonly Leaf[] {
  if (isFields(value)) {
    return Object.entries(value).flatMap(([name, item]) => {
      const text = textAt(item);
      return text === undefined ? [] : [{ path: [...path, name], name, value: text }];
    });
  }
  return listAt(value).flatMap((item, index): Leaf[] => {
    if (typeof item === 'string') {
      const [name, ...rest] = item.split('=');
      return name && rest.length > 0
        ? [{ path: [...path, index], name, value: rest.join('=') }]
        : [];
    }
    const [name, text] = [textAt(item, 'name'), textAt(item, 'value')];
    return name === undefined || text === undefined
      ? []
      : [{ path: [...path, index, 'value'], name, value: text }];
  });
}
