/** How long requests took, as counts in buckets of which each is 22 % wider than the one before. A quantile is true to
 *  within 10 % from 0.25 milliseconds to one minute; what took longer counts as about a minute, and the shortest as the
 *  first bucket. Counts have 16 bits, two in a word: when one is full, all of its row are halved, so that quantiles stay and
 *  old requests weigh less. */
const BUCKETS = 64;
export const LATENCY_WORDS = BUCKETS / 2;
const FIRST_MILLISECONDS = 0.25;
const ERROR = 0.1;
const GROWTH = (1 + ERROR) / (1 - ERROR);
const PER_DOUBLING = Math.LN2 / Math.log(GROWTH);
const MOST = 0xffff;

/** @param bucket as `latencyBucket` tells */
export function addLatency(words: Uint32Array, at: number, bucket: number, count: number): void {
  const word = at + (bucket >> 1);
  const shift = (bucket & 1) << 4;
  let more = Math.min(count, MOST);
  while ((((words[word] ?? 0) >>> shift) & MOST) + more > MOST) {
    halve(words, at);
    more = Math.ceil(more / 2);
  }
  words[word] = (words[word] ?? 0) + (more << shift);
}

/** Milliseconds, to three digits; 0 where nothing was counted. */
export function latencyQuantile(words: Uint32Array, at: number, share: number): number {
  let total = 0;
  for (let bucket = 0; bucket < BUCKETS; bucket++) total += countOf(words, at, bucket);
  if (total === 0) return 0;
  let left = total * share;
  for (let bucket = 0; bucket < BUCKETS; bucket++) {
    const count = countOf(words, at, bucket);
    left -= count;
    if (left <= 0 && count > 0) return Number(middleOf(bucket).toPrecision(3));
  }
  return 0;
}

/** Where a time is counted: worked out once for all rows that count it. */
export function latencyBucket(milliseconds: number): number {
  const bucket = Math.ceil(Math.log2(milliseconds / FIRST_MILLISECONDS) * PER_DOUBLING);
  return bucket > 0 ? Math.min(bucket, BUCKETS - 1) : 0;
}

/** What is no more than 10 % off wherever in a bucket it is. */
function middleOf(bucket: number): number {
  const to = FIRST_MILLISECONDS * GROWTH ** bucket;
  return to * (1 - ERROR);
}

function countOf(words: Uint32Array, at: number, bucket: number): number {
  return ((words[at + (bucket >> 1)] ?? 0) >>> ((bucket & 1) << 4)) & MOST;
}

function halve(words: Uint32Array, at: number): void {
  for (let word = at; word < at + LATENCY_WORDS; word++) {
    words[word] = ((words[word] ?? 0) >>> 1) & 0x7fff7fff;
  }
}
