import { ALL_IPS, type IpRange, parseIpRange } from '../../base/ip-range.ts';
import type { AddressBlock, Network, NetworkRule } from '../../estate/index.ts';
import type { AddressSplits } from './model.ts';

/** The blocks that rules name: those of ingress rules split sources, and those of egress rules destinations. */
export function splitsOf({ policies }: Network): AddressSplits {
  return {
    sources: blocksOf(policies.flatMap(({ ingress }) => ingress ?? [])),
    destinations: blocksOf(policies.flatMap(({ egress }) => egress ?? [])),
  };
}

function blocksOf(rules: readonly NetworkRule[]): readonly AddressBlock[] {
  return rules.flatMap(({ peers }) =>
    peers.flatMap((peer) => (peer.kind === 'addresses' ? [peer.block] : [])),
  );
}

/** Every address outside, in the fewest ranges that each lie wholly in each block or wholly outside. IPv6 only where a
 *  block names some, so that whoever has none does not read of it twice. */
export function splitRanges(blocks: readonly AddressBlock[]): readonly IpRange[] {
  const named = blocks.flatMap(rangesOf);
  return ([4, 6] as const).flatMap((family) => {
    const ranges = named.filter((range) => range.family === family);
    return family === 6 && ranges.length === 0 ? [] : splitFamily(family, ranges);
  });
}

function splitFamily(family: 4 | 6, ranges: readonly IpRange[]): readonly IpRange[] {
  const { last } = ALL_IPS[family];
  const starts = new Set([0n, ...ranges.flatMap((range) => [range.first, range.last + 1n])]);
  const sorted = [...starts].filter((start) => start <= last).sort((a, b) => (a < b ? -1 : 1));
  return sorted.map((first, index) => ({
    family,
    first,
    last: (sorted[index + 1] ?? last + 1n) - 1n,
  }));
}

/** The ranges of a block between its exceptions. */
export function rangesOf({ cidr, except }: AddressBlock): readonly IpRange[] {
  const whole = parseIpRange(cidr);
  if (!whole) return [];
  const holes = except
    .flatMap((text) => parseIpRange(text) ?? [])
    .sort((a, b) => (a.first < b.first ? -1 : 1));
  const ranges: IpRange[] = [];
  let { first } = whole;
  for (const hole of holes) {
    if (hole.first > first) ranges.push({ ...whole, first, last: hole.first - 1n });
    if (hole.last >= first) first = hole.last + 1n;
  }
  if (first <= whole.last) ranges.push({ ...whole, first });
  return ranges;
}

/** Those of sorted ranges that lie in one; ranges that were split by it lie there wholly or not at all. */
export function within<One extends { readonly range: IpRange }>(
  { family, first, last }: IpRange,
  sorted: readonly One[],
): readonly One[] {
  const from = lowerBound(sorted, ({ range }) =>
    range.family === family ? range.first >= first : range.family > family,
  );
  const to = lowerBound(sorted, ({ range }) =>
    range.family === family ? range.first > last : range.family > family,
  );
  return sorted.slice(from, to);
}

/** The first place from which on something holds. */
function lowerBound<One>(sorted: readonly One[], holds: (one: One) => boolean): number {
  let [low, high] = [0, sorted.length];
  while (low < high) {
    const middle = (low + high) >> 1;
    // Between the two bounds there is something.
    if (holds(sorted[middle] as One)) high = middle;
    else low = middle + 1;
  }
  return low;
}

/** Whether a block is every address of its family. */
export function isEveryAddress({ cidr, except }: AddressBlock): boolean {
  return cidr.endsWith('/0') && except.length === 0;
}
