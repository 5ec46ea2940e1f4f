import type { Contestant } from '../learners.ts';
import { gathered, PARAMETER } from './segments.ts';

const SIMILARITY = 0.5;
const MAX_CHILDREN = 100;

interface Cluster {
  tokens: string[];
}

/** Drain, the learner of log templates (He et al., ICWS 2017), on segments: by number of tokens and
 *  first token, then the most similar cluster, whose differing tokens become parameters. */
export class Drain {
  readonly #groups = new Map<string, Cluster[]>();
  readonly #firsts = new Map<number, Set<string>>();

  add(path: string): string {
    const tokens = path.split('/');
    const key = this.#keyOf(tokens);
    const clusters = this.#groups.get(key) ?? [];
    this.#groups.set(key, clusters);
    const best = mostSimilar(clusters, tokens);
    if (best) {
      best.tokens = best.tokens.map((token, at) => (token === tokens[at] ? token : PARAMETER));
    } else clusters.push({ tokens });
    return (best?.tokens ?? tokens).join('/');
  }

  match(path: string): string {
    const tokens = path.split('/');
    const best = mostSimilar(this.#groups.get(this.#keyOf(tokens)) ?? [], tokens);
    return best ? best.tokens.join('/') : path;
  }

  #keyOf(tokens: readonly string[]): string {
    const firsts = this.#firsts.get(tokens.length) ?? new Set<string>();
    this.#firsts.set(tokens.length, firsts);
    const first = tokens[1] ?? '';
    const isKept = !/\d/.test(first) && (firsts.has(first) || firsts.size < MAX_CHILDREN);
    if (isKept) firsts.add(first);
    return `${tokens.length} ${isKept ? first : PARAMETER}`;
  }
}

function mostSimilar(clusters: readonly Cluster[], tokens: readonly string[]): Cluster | undefined {
  let best: Cluster | undefined;
  let most = 0;
  for (const cluster of clusters) {
    let same = 0;
    for (let at = 1; at < tokens.length; at++) if (cluster.tokens[at] === tokens[at]) same++;
    const similarity = same / Math.max(1, tokens.length - 1);
    if (similarity > most) {
      most = similarity;
      best = cluster;
    }
  }
  return most >= SIMILARITY ? best : undefined;
}

export const likeDrain: Contestant = {
  name: 'Drain',
  learn: (requests) => {
    const byMethod = new Map<string, Drain>();
    const drainOf = (method: string): Drain => {
      const drain = byMethod.get(method) ?? new Drain();
      byMethod.set(method, drain);
      return drain;
    };
    for (const { method, path } of requests) drainOf(method).add(path);
    return gathered(requests, (method, path) => drainOf(method).match(path));
  },
};
