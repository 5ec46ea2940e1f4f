import type { Api } from '../api.ts';
import type { Contestant } from '../learners.ts';
import { ownWords } from '../vocabulary.ts';
import { likeDrain } from './drain.ts';
import { type IsWord, likeAkto, likeBeyla, likeMetlo, likeOptic } from './stateful.ts';
import { likeApiClarity, likeMitmproxy, shapeOnly } from './stateless.ts';

export { Drain } from './drain.ts';
export { shapeOnly } from './stateless.ts';

/** The rules of other systems, written anew from their descriptions: what they do with paths, methods
 *  and statuses alone. Those that need a dictionary get the words of these APIs' literals. */
export function baselines(dictionary: readonly Api[]): readonly Contestant[] {
  const words = new Set(dictionary.flatMap(({ operations }) => ownWords(operations)));
  const isWord: IsWord = (segment) => {
    const parts = segment.match(/[A-Z]?[a-z]+|[A-Z]+|\d+/g) ?? [];
    return (
      parts.length > 0 && parts.every((part) => words.has(part.toLowerCase()) || isVersion(segment))
    );
  };
  return [
    shapeOnly,
    likeMitmproxy,
    likeApiClarity,
    likeMetlo(isWord),
    likeAkto(isWord),
    likeOptic(isWord),
    likeBeyla,
    likeDrain,
  ];
}

function isVersion(segment: string): boolean {
  return /^v\d+(\.\d+)?$/i.test(segment);
}
