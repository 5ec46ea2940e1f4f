import {
  anySegment,
  anything,
  type Breadth,
  characterBut,
  isPlain,
  loosely,
  RAW,
  spelt,
} from './characters.ts';
import { EMPTY, literal, many, type Regex, sequence } from './regex.ts';
import type { SegmentSet } from './tree.ts';

/** Regular expressions that match the texts of a set, each its part of them; fewer texts where `breadth` is not
 *  `utf8`. */
export function segmentRegexes(set: SegmentSet, breadth: Breadth): Regex[] {
  switch (set.kind) {
    case 'exactly':
      return [spelt(set.text)];
    case 'loosely':
      return otherSpellings(set.folded, set.but);
    case 'gaps':
      return [aroundGaps(set.texts, breadth)];
    case 'but':
      return set.folded.length === 0 ? [anySegment(breadth)] : segmentsBut(set.folded, breadth);
  }
}

/** A literal in every case but the given ones: the first character that differs is at one place. Literals with
 *  characters that have other spellings are left out. */
function otherSpellings(folded: string, but: readonly string[]): Regex[] {
  if (!isPlain(folded) || !/[a-z]/.test(folded)) return [];
  if (but.length === 0) return [sequence(...[...folded].map(loosely))];
  const [only = ''] = but;
  // Where two spellings are known, the others are nobody's.
  if (but.length > 1) return [];
  return [...only].flatMap((character, at) => {
    const swapped = swapCase(character);
    if (swapped === character) return [];
    const rest = [...folded.slice(at + 1)].map(loosely);
    return [sequence(literal(only.slice(0, at)), literal(swapped), ...rest)];
  });
}

function swapCase(character: string): string {
  const lower = character.toLowerCase();
  return lower === character ? character.toUpperCase() : lower;
}

function aroundGaps(texts: readonly string[], breadth: Breadth): Regex {
  const gap = many(characterBut('', breadth));
  return sequence(...texts.flatMap((text, at) => (at === 0 ? [spelt(text)] : [gap, spelt(text)])));
}

/** Literals by their characters; an end that is kept out. */
interface Branch {
  readonly children: Map<string, Branch>;
  isOut: boolean;
}

const newBranch = (): Branch => ({ children: new Map(), isOut: false });

function segmentsBut(folded: readonly string[], breadth: Breadth): Regex[] {
  const root = newBranch();
  for (const text of [...folded, '.', '..']) {
    let branch = root;
    for (const character of text) {
      const next = branch.children.get(character) ?? newBranch();
      branch.children.set(character, next);
      branch = next;
    }
    branch.isOut = true;
  }
  // What is percent-encoded may be a character of a literal, too.
  return deviations(root, EMPTY, folded.every(isPlain) ? breadth : 'plain');
}

/** What leaves the literals behind `prefix`, or ends there. */
function deviations(branch: Branch, prefix: Regex, breadth: Breadth): Regex[] {
  const children = [...branch.children].filter(([character]) => RAW.includes(character));
  const taken = children.map(([one]) => one + one.toUpperCase()).join('');
  const away = sequence(prefix, characterBut(taken, breadth), anything(breadth));
  const ends = branch.isOut || prefix === EMPTY ? [] : [prefix];
  const deeper = children.flatMap(([character, next]) =>
    deviations(next, sequence(prefix, loosely(character)), breadth),
  );
  return [...ends, away, ...deeper];
}
