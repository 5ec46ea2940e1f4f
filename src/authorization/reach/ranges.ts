import { ALL_IPS, type IpRange, parseIpRange } from '../../base/ip-range.ts';
import type { AddressBlock, Network, NetworkRule } from '../../estate/index.ts';
import type { AddressSplits } from './model.ts';

/** The blocks that rules name: those of ingress rules split sources, and those of egress rules destinations. */
export function splitsOf({ policies }: Network): AddressSplits {
  return {
    sources: cidrsOf(policies.flatMap(({ ingress }) => ingress ?? [])),
    destinations: cidrsOf(policies.flatMap(({ egress }) => egress ?? [])),
  };
}

function cidrsOf(rules: readonly NetworkRule[]): readonly string[] {
  const cidrs = rules.flatMap(({ peers }) =>
    peers.flatMap((peer) =>
      peer.kind === 'addresses' ? [peer.block.cidr, ...peer.block.except] : [],
    ),
  );
  return [...new Set(cidrs)];
}

/** Every address outside, in ranges between which no block begins or ends. IPv6 only where a block names some, so that
 *  whoever has none does not read of it twice. */
export function splitRanges(cidrs: readonly string[]): readonly IpRange[] {
  const named = cidrs.flatMap((cidr) => parseIpRange(cidr) ?? []);
  return ([4, 6] as const).flatMap((family) => {
    const blocks = named.filter((block) => block.family === family);
    return family === 6 && blocks.length === 0 ? [] : splitFamily(family, blocks);
  });
}

function splitFamily(family: 4 | 6, blocks: readonly IpRange[]): readonly IpRange[] {
  const { last } = ALL_IPS[family];
  const starts = new Set([0n, ...blocks.flatMap((block) => [block.first, block.last + 1n])]);
  const sorted = [...starts].filter((start) => start <= last).sort((a, b) => (a < b ? -1 : 1));
  return sorted.map((first, index) => ({
    family,
    first,
    last: (sorted[index + 1] ?? last + 1n) - 1n,
  }));
}

/** Whether a range lies in a block; it lies in it wholly or not at all. */
export function isInBlock(range: IpRange, { cidr, except }: AddressBlock): boolean {
  const contains = (text: string) => {
    const block = parseIpRange(text);
    return block?.family === range.family && block.first <= range.first && range.last <= block.last;
  };
  return contains(cidr) && !except.some(contains);
}

/** Whether a block is every address of its family. */
export function isEveryAddress({ cidr, except }: AddressBlock): boolean {
  return cidr.endsWith('/0') && except.length === 0;
}
