import type { Words } from '../../src/inventory/templates/learning/model.ts';
import { wordsOf } from '../../src/inventory/templates/learning/text.ts';
import { segmentsOf } from '../../src/inventory/templates/paths/index.ts';
import type { Api } from './api.ts';
import { familyOf } from './corpus.ts';

/** A word that fewer use says more about them than about APIs. */
const MIN_PROVIDERS = 3;

/** Words that public specifications make literal segments of, with the providers that do, and those of
 *  which a parameter follows the segment. */
export type Dictionary = ReadonlyMap<string, Usage>;

interface Usage {
  readonly providers: Set<string>;
  readonly followed: Set<string>;
}

export function dictionaryOf(apis: readonly Api[]): Dictionary {
  const usages = new Map<string, Usage>();
  const usageOf = (word: string): Usage => {
    const usage = usages.get(word) ?? { providers: new Set(), followed: new Set() };
    usages.set(word, usage);
    return usage;
  };
  for (const { provider, operations } of apis) {
    const family = familyOf(provider);
    for (const { template } of operations) {
      const segments = segmentsOf(template);
      segments.forEach((segment, index) => {
        if (!/^[A-Za-z][\w-]*$/.test(segment)) return;
        const usage = usageOf(segment.toLowerCase());
        usage.providers.add(family);
        if (segments[index + 1]?.startsWith('{')) usage.followed.add(family);
        for (const word of wordsOf(segment)) usageOf(word).providers.add(family);
      });
    }
  }
  return usages;
}

/** What is known of words without what this provider's own paths say. */
export function wordsFor(dictionary: Dictionary, provider: string): Words {
  const family = familyOf(provider);
  const count = (set: ReadonlySet<string> | undefined): number =>
    set === undefined ? 0 : set.size - (set.has(family) ? 1 : 0);
  const known = (word: string): Usage | undefined => {
    const usage = dictionary.get(word.toLowerCase());
    return count(usage?.providers) >= MIN_PROVIDERS ? usage : undefined;
  };
  return {
    asLiteral: (word) => count(known(word)?.providers),
    followedByParameter: (word) => {
      const usage = known(word);
      return usage && count(usage.followed) / count(usage.providers);
    },
  };
}

/** `word:providers:percent followed by a parameter` of every word that several use. */
export function writtenWords(dictionary: Dictionary): string {
  return [...dictionary]
    .filter(([, { providers }]) => providers.size >= MIN_PROVIDERS)
    .map(([word, { providers, followed }]) => {
      const share = Math.round((100 * followed.size) / providers.size);
      return `${word}:${providers.size}:${share}`;
    })
    .sort()
    .join(' ');
}
