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

/** How probable each row is, of `width` features each. Trees are asked one after the other, so that one
 *  stays at hand for all rows. */
export function probabilitiesOf(forest: Forest, rows: Float64Array, width: number): Float64Array {
  const { feature, value, next, roots, bias } = forest;
  const odds = new Float64Array(rows.length / width).fill(bias);
  for (let tree = 0; tree < roots.length; tree++) {
    for (let row = 0, from = 0; row < odds.length; row++, from += width) {
      let node = roots[tree] as number;
      // The lists are of one length, and the children of every inner node are inside it.
      while ((feature[node] as number) >= 0) {
        const seen = rows[from + (feature[node] as number)] as number;
        node = (next[node] as number) + Number(seen >= (value[node] as number));
      }
      odds[row] = (odds[row] as number) + (value[node] as number);
    }
  }
  return odds.map((own) => 1 / (1 + Math.exp(-own)));
}
