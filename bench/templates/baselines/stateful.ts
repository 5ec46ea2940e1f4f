import type { Contestant } from '../learners.ts';
import { digitsIn, gathered, NUMBER, OBJECT_ID, PARAMETER, UUID } from './segments.ts';
import { decide, emptyNode, follow, insert, type Node } from './trie.ts';

/** Whether all words of a segment are known. */
export type IsWord = (segment: string) => boolean;

type Typed = (segment: string) => boolean;

const isIdentifier: Typed = (segment) =>
  NUMBER.test(segment) || UUID.test(segment) || OBJECT_ID.test(segment);

/** A contestant that masks what a rule knows by its looks, and then decides level by level of the tree
 *  of paths which names are values. */
function byTree(
  name: string,
  isTyped: Typed,
  valuesOf: (children: ReadonlyMap<string, Node>) => Set<string>,
): Contestant {
  const masked = (path: string): string[] =>
    path
      .split('/')
      .slice(1)
      .map((segment) => (segment !== '' && isTyped(segment) ? PARAMETER : segment));
  return {
    name,
    learn: (requests) => {
      const root = emptyNode();
      for (const { path } of requests) insert(root, masked(path));
      const decided = decide(root, (children) => {
        const values = valuesOf(children);
        if (children.has(PARAMETER)) values.add(PARAMETER);
        return values;
      });
      return gathered(requests, (_, path) => `/${follow(decided, masked(path)).join('/')}`);
    },
  };
}

/** A whole level becomes a parameter when it has more than ten names. */
export const likeBeyla = byTree('like Beyla', isIdentifier, (children) =>
  children.size > 10 ? new Set(children.keys()) : new Set(),
);

/** Two names side by side are a parameter, unless one of them is a known word. */
export function likeOptic(isWord: IsWord): Contestant {
  return byTree('like Optic', isIdentifier, (children) => {
    const names = [...children.keys()].filter((name) => name !== PARAMETER && name !== '');
    return names.length > 1 && !names.some(isWord) ? new Set(names) : new Set();
  });
}

/** What is no known word is a parameter; of a parameter that stands for more than 100 paths, values
 *  that take a tenth of the requests become literals again. */
export function likeMetlo(isWord: IsWord): Contestant {
  const isTyped: Typed = (segment) => NUMBER.test(segment) || UUID.test(segment);
  return byTree('like Metlo', isTyped, (children) => {
    const values = [...children].filter(([name]) => name !== '' && !isWord(name));
    const requests = values.reduce((sum, [, child]) => sum + child.requests, 0);
    const isSplit = values.length > 100;
    return new Set(
      values
        .filter(([, child]) => !isSplit || child.requests < requests / 10)
        .map(([name]) => name),
    );
  });
}

/** Known words stay; what has three digits in six characters is a parameter; other names become one
 *  when ten paths of the same status differ in nothing else. */
export function likeAkto(isWord: IsWord): Contestant {
  const isTyped: Typed = (segment) =>
    isIdentifier(segment) || (segment.length >= 6 && digitsIn(segment) >= 3);
  const masked = (path: string): string[] =>
    path.split('/').map((segment) => (segment !== '' && isTyped(segment) ? PARAMETER : segment));
  const without = (segments: readonly string[], index: number): string =>
    segments.with(index, PARAMETER).join('/');
  return {
    name: 'like Akto',
    learn: (requests) => {
      const names = new Map<string, Set<string>>();
      for (const { method, path, status } of requests) {
        const segments = masked(path);
        segments.forEach((segment, index) => {
          if (segment === '' || segment === PARAMETER || isWord(segment)) return;
          const key = `${method} ${Math.floor(status / 100)} ${without(segments, index)}`;
          names.set(key, (names.get(key) ?? new Set()).add(segment));
        });
      }
      const merged = new Set<string>();
      for (const [key, distinct] of names) {
        if (distinct.size >= 10) merged.add(key.replace(/ \d /, ' '));
      }
      return gathered(requests, (method, path) => {
        const segments = masked(path);
        return segments
          .map((segment, index) => {
            if (segment === '' || segment === PARAMETER || isWord(segment)) return segment;
            return merged.has(`${method} ${without(segments, index)}`) ? PARAMETER : segment;
          })
          .join('/');
      });
    },
  };
}
