import { type Random, shuffled } from './random.ts';

const RARE_SHARE = 0.25;
const MAX_RARE = 4;
const MIN_COMMON = 5;

/** How often each of so many operations is asked: a quarter of them one to four times, the others by
 *  Zipf's law, at least five times each; in no order. The sum is about `requests`. */
export function skewedCounts(
  operations: number,
  requests: number,
  exponent: number,
  random: Random,
): number[] {
  const rare = Math.round(operations * RARE_SHARE);
  const weights = Array.from({ length: operations - rare }, (_, rank) => (rank + 1) ** -exponent);
  const sum = weights.reduce((total, weight) => total + weight, 0);
  const common = weights.map((weight) =>
    Math.max(MIN_COMMON, Math.round((weight / sum) * requests)),
  );
  const seldom = Array.from({ length: rare }, () => random.between(1, MAX_RARE));
  return shuffled([...common, ...seldom], random);
}

const SUCCESS: Readonly<Record<string, readonly number[]>> = {
  POST: [201, 201, 200, 202],
  DELETE: [204, 204, 200],
  PUT: [200, 200, 204],
};
const FAILURES = [400, 404, 404, 401, 403, 422, 429, 500, 503];

/** The status of a request that some operation answers: mostly success. */
export function answer(method: string, failureShare: number, random: Random): number {
  if (random.chance(failureShare)) return random.pick(FAILURES);
  return random.pick(SUCCESS[method] ?? [200, 200, 200, 200, 304]);
}
