import type { Model, Words } from './model.ts';
import trained from './trained.json' with { type: 'json' };

/** The model that Reeve comes with; `trained.json` says what it was trained on, and how. */
export const TRAINED: Model = {
  first: trained.first,
  later: trained.later,
  words: wordsOf(trained.words),
};

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
