/** A model: boosted regression trees over the features of a name, one set for the first pass, which has no
 *  beliefs to go by, and one for those after it; and what the literals of public specifications say
 *  about words. */
export interface Model {
  readonly first: Forest;
  readonly later: Forest;
  readonly words: Words;
}

/** Trees as parallel lists: where `feature` is negative, the node is a leaf and `value` is its share of the
 *  log-odds; else a feature below `value` leads to `next`, any other to `next + 1`. */
export interface Forest {
  readonly bias: number;
  readonly roots: ArrayLike<number>;
  readonly feature: ArrayLike<number>;
  readonly value: ArrayLike<number>;
  readonly next: ArrayLike<number>;
}

/** By word: in how many of the specifications it is a literal segment, and in what share of those a
 *  parameter follows it. */
export interface Words {
  asLiteral(word: string): number;
  followedByParameter(word: string): number | undefined;
}

/** How probably something is a value. */
export function probabilityOf(forest: Forest, features: Float64Array, from: number): number {
  const { feature, value, next } = forest;
  let odds = forest.bias;
  for (let tree = 0; tree < forest.roots.length; tree++) {
    let node = forest.roots[tree] as number;
    // The lists are of one length, and the children of every inner node are inside it.
    while ((feature[node] as number) >= 0) {
      const seen = features[from + (feature[node] as number)] as number;
      node = (next[node] as number) + (seen < (value[node] as number) ? 0 : 1);
    }
    odds += value[node] as number;
  }
  return 1 / (1 + Math.exp(-odds));
}
