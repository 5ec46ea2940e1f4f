/** One thing that was seen: features, what it was, and how much it counts. */
export interface Example {
  readonly features: readonly number[];
  readonly isOf: boolean;
  readonly weight: number;
}

const MOST_STEPS = 100;
const CLOSE = 1e-9;

/** The coefficients at which a logistic regression explains examples best: the least of the weighted log loss and half of
 *  `ridge` times the sum of their squares. An intercept is a feature that is 1 in all. By Newton's method, with steps that
 *  are halved until they lead down.
 *  @param ridge over 0, where features may explain everything, or the same
 *  @see Hastie, Tibshirani, Friedman: The Elements of Statistical Learning, §4.4.1 and 4.4.4 */
export function fitLogistic(examples: readonly Example[], ridge: number): number[] {
  const size = examples[0]?.features.length ?? 0;
  let found: number[] = new Array(size).fill(0);
  for (let step = 0; step < MOST_STEPS; step++) {
    const { gradient, curvature } = slopesAt(found, examples, ridge);
    const change = solve(curvature, gradient);
    const loss = lossAt(found, examples, ridge);
    let share = 1;
    let next = found;
    do {
      next = found.map((one, place) => one - share * (change[place] ?? 0));
      share /= 2;
    } while (share > CLOSE && lossAt(next, examples, ridge) > loss);
    found = next;
    if (change.every((one) => Math.abs(one) < CLOSE)) break;
  }
  return found;
}

/** The logarithm of the odds that it is, by coefficients of `fitLogistic`. */
export function logOddsOf(features: readonly number[], coefficients: readonly number[]): number {
  return features.reduce((sum, value, place) => sum + value * (coefficients[place] ?? 0), 0);
}

function lossAt(at: readonly number[], examples: readonly Example[], ridge: number): number {
  let loss = (ridge / 2) * at.reduce((sum, one) => sum + one * one, 0);
  for (const { features, isOf, weight } of examples) {
    const against = logOddsOf(features, at) * (isOf ? -1 : 1);
    loss += weight * (Math.max(0, against) + Math.log1p(Math.exp(-Math.abs(against))));
  }
  return loss;
}

function slopesAt(at: readonly number[], examples: readonly Example[], ridge: number) {
  const gradient = at.map((one) => ridge * one);
  const curvature = at.map((_, row) => at.map((_, column) => (row === column ? ridge : 0)));
  for (const { features, isOf, weight } of examples) {
    const probability = 1 / (1 + Math.exp(-logOddsOf(features, at)));
    const residual = weight * (probability - (isOf ? 1 : 0));
    const spread = weight * probability * (1 - probability);
    for (const [row, value] of features.entries()) {
      if (value === 0) continue;
      gradient[row] = (gradient[row] ?? 0) + residual * value;
      const line = curvature[row] ?? [];
      for (const [column, other] of features.entries()) {
        line[column] = (line[column] ?? 0) + spread * value * other;
      }
    }
  }
  return { gradient, curvature };
}

/** Solves a positive definite system by elimination, which needs no exchange of rows. */
function solve(matrix: readonly (readonly number[])[], right: readonly number[]): number[] {
  const lines = matrix.map((line, row) => [...line, right[row] ?? 0]);
  for (const [place, pivot] of lines.entries()) {
    for (const [row, line] of lines.entries()) {
      if (row === place) continue;
      const share = (line[place] ?? 0) / (pivot[place] ?? 1);
      for (let column = place; column < line.length; column++) {
        line[column] = (line[column] ?? 0) - share * (pivot[column] ?? 0);
      }
    }
  }
  return lines.map((line, place) => (line.at(-1) ?? 0) / (line[place] ?? 1));
}
