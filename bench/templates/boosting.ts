import type { Forest } from '../../src/inventory/templates/learning/model.ts';
import { seeded } from './random.ts';

/** Rows of features, one after the other, with what is to be learnt of each. */
export interface Rows {
  readonly width: number;
  readonly features: number[];
  /** 0 or 1. */
  readonly labels: number[];
  readonly weights: number[];
}

export interface Boosting {
  readonly trees: number;
  readonly depth: number;
  readonly rate: number;
  /** The least weight (of second derivatives) of a leaf. */
  readonly minLeaf: number;
  /** The share of features that each tree may look at. */
  readonly columns: number;
  /** Added to the weight of each leaf: pulls its value to 0. */
  readonly ridge: number;
}

const BINS = 64;

/** Gradient-boosted trees with logistic loss, on histograms of quantiles.
 *  @see Chen and Guestrin, XGBoost (2016), §2 and §3 */
export function boost(rows: Rows, boosting: Boosting): Forest {
  return new Booster(rows, boosting).run();
}

class Booster {
  readonly #boosting: Boosting;
  readonly #width: number;
  readonly #count: number;
  readonly #cuts: number[][];
  /** Of every row one byte a feature. */
  readonly #bins: Uint8Array;
  readonly #weights: Float64Array;
  readonly #labels: Float64Array;
  readonly #odds: Float64Array;
  readonly #gradient: Float64Array;
  readonly #curve: Float64Array;
  readonly #g: Float64Array;
  readonly #h: Float64Array;
  readonly #random = seeded(11);
  readonly #forest = {
    bias: 0,
    roots: [] as number[],
    feature: [] as number[],
    value: [] as number[],
    next: [] as number[],
  };

  constructor(rows: Rows, boosting: Boosting) {
    this.#boosting = boosting;
    this.#width = rows.width;
    this.#count = rows.labels.length;
    this.#cuts = Array.from({ length: rows.width }, (_, feature) => cutsOf(rows, feature));
    this.#bins = new Uint8Array(this.#count * rows.width);
    for (let feature = 0; feature < rows.width; feature++) {
      fillBins(this.#bins, rows, feature, this.#cuts[feature] ?? []);
    }
    this.#weights = Float64Array.from(rows.weights);
    this.#labels = Float64Array.from(rows.labels);
    this.#odds = new Float64Array(this.#count);
    this.#gradient = new Float64Array(this.#count);
    this.#curve = new Float64Array(this.#count);
    this.#g = new Float64Array(rows.width * BINS);
    this.#h = new Float64Array(rows.width * BINS);
  }

  run(): Forest {
    const positive = this.#weights.reduce(
      (sum, weight, row) => sum + weight * at(this.#labels, row),
      0,
    );
    const whole = this.#weights.reduce((sum, weight) => sum + weight, 0);
    this.#forest.bias = Number(Math.log(positive / (whole - positive)).toPrecision(4));
    this.#odds.fill(this.#forest.bias);
    for (let tree = 0; tree < this.#boosting.trees; tree++) this.#addTree();
    return this.#forest;
  }

  #addTree(): void {
    for (let row = 0; row < this.#count; row++) {
      const p = 1 / (1 + Math.exp(-at(this.#odds, row)));
      const weight = at(this.#weights, row);
      this.#gradient[row] = weight * (at(this.#labels, row) - p);
      this.#curve[row] = weight * Math.max(1e-6, p * (1 - p));
    }
    const features = Uint8Array.from({ length: this.#width }, (_, feature) => feature).filter(() =>
      this.#random.chance(this.#boosting.columns),
    );
    const root = newNode(this.#forest);
    this.#forest.roots.push(root);
    const all = Uint32Array.from({ length: this.#count }, (_, row) => row);
    this.#grow(root, all, features, this.#boosting.depth);
  }

  #grow(node: number, members: Uint32Array, features: Uint8Array, depth: number): void {
    let sumG = 0;
    let sumH = 0;
    for (const row of members) {
      sumG += at(this.#gradient, row);
      sumH += at(this.#curve, row);
    }
    const split = depth > 0 ? this.#bestSplit(members, features, sumG, sumH) : undefined;
    if (split === undefined) {
      const { rate, ridge } = this.#boosting;
      const value = Number(((rate * sumG) / (sumH + ridge)).toPrecision(3));
      this.#forest.value[node] = value;
      for (const row of members) this.#odds[row] = at(this.#odds, row) + value;
      return;
    }
    const { feature, bin } = split;
    this.#forest.feature[node] = feature;
    this.#forest.value[node] = this.#cuts[feature]?.[bin] ?? 0;
    const next = newNode(this.#forest);
    newNode(this.#forest);
    this.#forest.next[node] = next;
    const below: number[] = [];
    const above: number[] = [];
    for (const row of members) {
      (at(this.#bins, row * this.#width + feature) <= bin ? below : above).push(row);
    }
    this.#grow(next, Uint32Array.from(below), features, depth - 1);
    this.#grow(next + 1, Uint32Array.from(above), features, depth - 1);
  }

  #bestSplit(
    members: Uint32Array,
    features: Uint8Array,
    sumG: number,
    sumH: number,
  ): { feature: number; bin: number } | undefined {
    const { ridge, minLeaf } = this.#boosting;
    this.#fillHistograms(members, features);
    const base = (sumG * sumG) / (sumH + ridge);
    let best: { feature: number; bin: number } | undefined;
    let bestGain = 1e-3;
    for (const feature of features) {
      let leftG = 0;
      let leftH = 0;
      const last = this.#cuts[feature]?.length ?? 0;
      for (let bin = 0; bin < last; bin++) {
        leftG += at(this.#g, feature * BINS + bin);
        leftH += at(this.#h, feature * BINS + bin);
        const rightH = sumH - leftH;
        if (leftH < minLeaf || rightH < minLeaf) continue;
        const rightG = sumG - leftG;
        const gain = leftG ** 2 / (leftH + ridge) + rightG ** 2 / (rightH + ridge) - base;
        if (gain > bestGain) {
          bestGain = gain;
          best = { feature, bin };
        }
      }
    }
    return best;
  }

  #fillHistograms(members: Uint32Array, features: Uint8Array): void {
    const [g, h, bins, width] = [this.#g, this.#h, this.#bins, this.#width];
    g.fill(0);
    h.fill(0);
    for (let index = 0; index < members.length; index++) {
      const row = at(members, index);
      const gradient = at(this.#gradient, row);
      const curve = at(this.#curve, row);
      const from = row * width;
      for (let rank = 0; rank < features.length; rank++) {
        const feature = at(features, rank);
        const slot = feature * BINS + at(bins, from + feature);
        g[slot] = at(g, slot) + gradient;
        h[slot] = at(h, slot) + curve;
      }
    }
  }
}

function newNode(forest: { feature: number[]; value: number[]; next: number[] }): number {
  forest.feature.push(-1);
  forest.value.push(0);
  return forest.next.push(0) - 1;
}

/** Values between which rows are told apart, at most one fewer than bins: a bin holds what is below the
 *  cut of its number. */
function cutsOf({ features, labels, width }: Rows, feature: number): number[] {
  const step = Math.max(1, Math.floor(labels.length / 50_000));
  const sample: number[] = [];
  for (let row = 0; row < labels.length; row += step)
    sample.push(features[row * width + feature] ?? 0);
  const sorted = Float64Array.from(sample).sort();
  const cuts: number[] = [];
  for (let part = 1; part < BINS; part++) {
    const index = Math.floor((part * sorted.length) / BINS);
    const low = sorted[Math.max(0, index - 1)] ?? 0;
    const next = sorted.subarray(index).find((value) => value > low);
    if (next === undefined) break;
    const cut = Number(((low + next) / 2).toPrecision(5));
    if (cut > low && cut <= next && cut > (cuts.at(-1) ?? Number.NEGATIVE_INFINITY)) cuts.push(cut);
  }
  return cuts;
}

function fillBins(
  bins: Uint8Array,
  { features, labels, width }: Rows,
  feature: number,
  cuts: readonly number[],
): void {
  for (let row = 0; row < labels.length; row++) {
    const value = features[row * width + feature] ?? 0;
    let low = 0;
    let high = cuts.length;
    while (low < high) {
      const middle = (low + high) >> 1;
      if (value < (cuts[middle] ?? 0)) high = middle;
      else low = middle + 1;
    }
    bins[row * width + feature] = low;
  }
}

/** What lies at an index that is known to be inside. */
function at(list: ArrayLike<number>, index: number): number {
  return list[index] as number;
}
