/** What the first look at a hop finds unusual; most hops have none of it, and nobody looks further. */
export const UNUSUAL = {
  edge: 1 << 0,
  endpoint: 1 << 1,
  claim: 1 << 2,
  entry: 1 << 3,
  context: 1 << 4,
  burst: 1 << 5,
  route: 1 << 6,
  dormant: 1 << 7,
  place: 1 << 8,
  volume: 1 << 9,
  caller: 1 << 10,
  /** It is time to ask again what policy says of it. */
  policy: 1 << 11,
  malicious: 1 << 12,
  /** From outside, for what nobody outside had asked for. */
  newEntry: 1 << 13,
} as const;
