import { isIPv4, isIPv6 } from 'node:net';

/** Addresses that lie beside each other, both ends included. */
export interface IpRange {
  readonly family: 4 | 6;
  readonly first: bigint;
  readonly last: bigint;
}

const BITS = { 4: 32, 6: 128 } as const;

/** Every address of a family. */
export const ALL_IPS: Readonly<Record<4 | 6, IpRange>> = {
  4: { family: 4, first: 0n, last: (1n << 32n) - 1n },
  6: { family: 6, first: 0n, last: (1n << 128n) - 1n },
};

/** The addresses of a CIDR block, or of one address; undefined where the text is neither. Bits behind the prefix count
 *  for nothing, as with Kubernetes.
 *  @see RFC 4632 §3.1, RFC 4291 §2.3 */
export function parseIpRange(text: string): IpRange | undefined {
  const slash = text.indexOf('/');
  const address = parseIp(slash === -1 ? text : text.slice(0, slash));
  if (!address || slash === -1) return address;
  const prefix = text.slice(slash + 1);
  const bits = BITS[address.family];
  if (!/^(?:0|[1-9]\d{0,2})$/.test(prefix) || Number(prefix) > bits) return undefined;
  const size = 1n << BigInt(bits - Number(prefix));
  const first = (address.first / size) * size;
  return { family: address.family, first, last: first + size - 1n };
}

function parseIp(text: string): IpRange | undefined {
  if (isIPv4(text)) {
    const value = text.split('.').reduce((sum, part) => sum * 256n + BigInt(part), 0n);
    return { family: 4, first: value, last: value };
  }
  if (!isIPv6(text) || text.includes('%')) return undefined;
  const value = groupsOf(text).reduce((sum, group) => (sum << 16n) + BigInt(group), 0n);
  return { family: 6, first: value, last: value };
}

/** The eight groups of an IPv6 address that is known to be well-formed. */
function groupsOf(text: string): number[] {
  const [head = '', tail] = withoutDottedEnd(text).split('::');
  const toGroups = (part: string) =>
    part === '' ? [] : part.split(':').map((group) => Number.parseInt(group, 16));
  const front = toGroups(head);
  const back = tail === undefined ? [] : toGroups(tail);
  return [...front, ...new Array<number>(8 - front.length - back.length).fill(0), ...back];
}

/** `::ffff:10.0.0.1` as `::ffff:a00:1`. */
function withoutDottedEnd(text: string): string {
  return text.replace(/(\d+)\.(\d+)\.(\d+)\.(\d+)$/, (_, ...parts: unknown[]) => {
    const [a = 0, b = 0, c = 0, d = 0] = parts.slice(0, 4).map(Number);
    return `${(a * 256 + b).toString(16)}:${(c * 256 + d).toString(16)}`;
  });
}

/** `10.0.0.0-10.255.255.255`; of one address only that, twice. */
export function ipRangeText({ family, first, last }: IpRange): string {
  return `${ipText(family, first)}-${ipText(family, last)}`;
}

/** One address, in its canonical form.
 *  @see RFC 5952 */
export function ipText(family: 4 | 6, value: bigint): string {
  if (family === 4) {
    return [24n, 16n, 8n, 0n].map((shift) => String((value >> shift) & 255n)).join('.');
  }
  const groups = [112n, 96n, 80n, 64n, 48n, 32n, 16n, 0n].map((shift) =>
    ((value >> shift) & 0xffffn).toString(16),
  );
  // Hosts of URLs are written in the canonical form (WHATWG URL, host serializing).
  return new URL(`http://[${groups.join(':')}]`).hostname.slice(1, -1);
}
