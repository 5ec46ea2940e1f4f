import type { Forest, Model, Words } from './model.ts';
import trained from './trained.json' with { type: 'json' };

/** The model that Reeve comes with; `trained.json` says what it was trained on, and how. */
export const TRAINED: Model = modelOf(trained);

/** A model as it is written. */
export interface Written {
  readonly first: Forest;
  readonly later: Forest;
  readonly words: string;
}

export function modelOf({ first, later, words }: Written): Model {
  return { first: forestOf(first), later: forestOf(later), words: wordsOf(words) };
}

/** Lists of numbers that are read millions of times, in their fastest form. */
function forestOf({ bias, roots, feature, value, next }: Forest): Forest {
  return {
    bias,
    roots: Int32Array.from(roots),
    feature: Int16Array.from(feature),
    value: Float64Array.from(value),
    next: Int32Array.from(next),
  };
}

/** Words as `word:specifications:percent followed by a parameter`, in one text. */
function wordsOf(text: string): Words {
  const words = new Map(
    text.split(' ').map((entry) => {
      const [word = '', count = '0', followed = '0'] = entry.split(':');
      return [word, { count: Number(count), followed: Number(followed) / 100 }] as const;
    }),
  );
  return {
    asLiteral: (word) => words.get(word.toLowerCase())?.count ?? 0,
    followedByParameter: (word) => words.get(word.toLowerCase())?.followed,
  };
}
