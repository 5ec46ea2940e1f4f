import { type Characters, charactersOf } from '../paths/index.ts';
import type { Words } from './model.ts';
import { isPlural, looksOf, wordsOf } from './text.ts';

/** How a name looks, without regard to where it stands. */
export interface Shape {
  readonly text: string;
  readonly characters: Characters;
  readonly isCapital: boolean;
  readonly isPlural: boolean;
  /** How many words it is made of. */
  readonly words: number;
  /** Equal for names that look alike, and for those that begin alike. */
  readonly looks: string;
  readonly prefix: string;
  /** In how many public specifications it is a literal, and its words on average (logarithm). */
  readonly asLiteral: number;
  readonly vocabulary: number;
  /** In what share of them a parameter follows it. */
  readonly followed: number | undefined;
}

/** The shapes of all names of one learning. */
export class Shapes {
  readonly #shapes = new Map<string, Shape>();
  readonly #words: Words;

  constructor(words: Words) {
    this.#words = words;
  }

  of(text: string): Shape {
    const known = this.#shapes.get(text);
    if (known) return known;
    const words = wordsOf(text);
    const last = words.at(-1) ?? '';
    const usual = words.map((word) => Math.log1p(this.#words.asLiteral(word)));
    const shape = {
      text,
      characters: charactersOf(text),
      isCapital: /^[A-Z]/.test(text),
      isPlural: text.toLowerCase().endsWith(last) && isPlural(last),
      words: words.length,
      looks: looksOf(text),
      prefix: prefixOf(text),
      asLiteral: this.#words.asLiteral(text),
      vocabulary: usual.reduce((sum, one) => sum + one, 0) / Math.max(1, usual.length),
      followed: this.#words.followedByParameter(text),
    };
    this.#shapes.set(text, shape);
    return shape;
  }
}

/** `cus_` of `cus_x8`, `user#` of `user12`. */
function prefixOf(text: string): string {
  const end = text.search(/[-_]/);
  return end > 0 ? text.slice(0, end + 1) : text.replace(/\d+$/, '#');
}
