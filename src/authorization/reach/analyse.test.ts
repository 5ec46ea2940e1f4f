import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { parseIpRange } from '../../base/ip-range.ts';
import { type Network, type NetworkWorkload, TRANSPORTS } from '../../estate/index.ts';
import { analyse } from './analyse.ts';
import { EXTERNAL, type ReachPeer, type ReachRow } from './model.ts';
import { ADDRESSES, network, PORTS } from './testing/arbitrary.ts';
import { isLetThrough, type Packet } from './testing/oracle.ts';

/** Whether rows of a pair let a port through. */
function allows(rows: readonly ReachRow[], { transport, port }: Packet): boolean {
  return rows.some(
    ({ protocol, ports }) =>
      protocol === 'any' ||
      (protocol === transport &&
        ports.split(',').some((part) => {
          const [first = 0, last = first] = part.split('-').map(Number);
          return first <= port && port <= last;
        })),
  );
}

function peerOf({ namespace, name, kind }: NetworkWorkload): ReachPeer {
  return { name: `${namespace}/${name}`, kind };
}

/** The range that an address lies in, as rows name it. */
function rangesIn(rows: readonly ReachRow[], side: 'from' | 'to', address: string): ReachRow[] {
  const one = parseIpRange(address);
  return rows.filter((row) => {
    if (row[`${side}Kind`] !== EXTERNAL) return false;
    const [first, last] = row[side].split('-').map((text) => parseIpRange(text));
    return (
      one !== undefined &&
      first?.family === one.family &&
      first.first <= one.first &&
      one.last <= (last?.last ?? 0n)
    );
  });
}

const packets = (pick: Omit<Packet, 'transport' | 'port'>): Packet[] =>
  TRANSPORTS.flatMap((transport) => PORTS.map((port) => ({ ...pick, transport, port })));

describe('reach', () => {
  it('lets through between workloads what the policies let through packet by packet', () => {
    fc.assert(
      fc.property(network, (one: Network) => {
        const reach = analyse(one);
        for (const from of one.workloads) {
          for (const to of one.workloads) {
            if (from === to) continue;
            const rows = reach.between(peerOf(from), peerOf(to));
            for (const packet of packets({ from, to })) {
              expect(allows(rows, packet)).toBe(isLetThrough(one, packet));
            }
          }
        }
      }),
      { numRuns: 300 },
    );
  });

  it('lets through from and to addresses what the policies let through packet by packet', () => {
    fc.assert(
      fc.property(network, fc.constantFrom(...ADDRESSES), (one: Network, address) => {
        const rows = [...analyse(one).rows()];
        const isSix = address.includes(':');
        for (const workload of one.workloads) {
          const { name } = peerOf(workload);
          for (const side of ['from', 'to'] as const) {
            const other = side === 'from' ? 'to' : 'from';
            const some = rangesIn(rows, side, address).filter((row) => row[other] === name);
            const isTold = !isSix || rangesIn(rows, side, address).length > 0;
            if (!isTold) continue;
            for (const packet of packets(
              side === 'from' ? { from: address, to: workload } : { from: workload, to: address },
            )) {
              expect(allows(some, packet)).toBe(isLetThrough(one, packet));
            }
          }
        }
      }),
      { numRuns: 300 },
    );
  });

  it('gives the same rows pair by pair as all at once', () => {
    fc.assert(
      fc.property(network, (one: Network) => {
        const reach = analyse(one);
        const all = [...reach.rows()];
        const again = all.flatMap((row, index) => {
          const before = all[index - 1];
          const isFirst = before?.from !== row.from || before.to !== row.to;
          const [from, to] = [
            { name: row.from, kind: row.fromKind },
            { name: row.to, kind: row.toKind },
          ];
          return isFirst ? reach.between(from, to) : [];
        });
        expect(again).toEqual(all);
      }),
      { numRuns: 100 },
    );
  });

  it('does not depend on the order of policies of tier network, nor on that of workloads', () => {
    fc.assert(
      fc.property(network, (one: Network) => {
        const turned = {
          ...one,
          workloads: one.workloads.toReversed(),
          policies: one.policies.toReversed(),
        };
        const plain = (some: Network) =>
          [...analyse(some).rows()].map(({ because: _, ...row }) => row);
        expect(plain(turned)).toEqual(plain(one));
      }),
      { numRuns: 100 },
    );
  });

  it('explains every pair, with a rule that allows where something passes and one that denies where nothing does', () => {
    fc.assert(
      fc.property(network, (one: Network) => {
        for (const { rows, reasons, from } of analyse(one).explanations()) {
          if (from.kind === 'IngressController') continue;
          const effects = new Set(reasons.map(({ effect }) => effect));
          expect(rows.length > 0 ? effects.has('allow') : effects.has('deny')).toBe(true);
        }
      }),
      { numRuns: 100 },
    );
  });
});
