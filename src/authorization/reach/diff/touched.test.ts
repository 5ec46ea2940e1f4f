import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { Network } from '../../../estate/index.ts';
import { analyse } from '../analyse.ts';
import { EXTERNAL } from '../model.ts';
import { network as anyNetwork } from '../testing/arbitrary.ts';
import { diffReach } from './index.ts';
import { touchedWorkloads } from './touched.ts';

/** One thing is taken from another network, or is gone. */
const edits = fc.record({
  part: fc.constantFrom('policies', 'workloads', 'namespaces', 'entries'),
  how: fc.constantFrom('gone', 'replaced', 'swapped'),
  at: fc.nat(10),
});
type Edit = typeof edits extends fc.Arbitrary<infer One> ? One : never;

function edited(network: Network, other: Network, edit: Edit): Network {
  const { workloads, namespaces, ...rest } = editedFreely(network, other, edit);
  return { ...rest, workloads: eachOnce(workloads), namespaces: eachOnce(namespaces) };
}

/** No two of a kind have one name in one namespace. */
function eachOnce<One extends { readonly name: string; readonly namespace?: string }>(
  all: readonly One[],
): One[] {
  return [...new Map(all.map((one) => [`${one.namespace}/${one.name}`, one])).values()];
}

function editedFreely(network: Network, other: Network, { part, how, at }: Edit): Network {
  const [items, others]: [readonly unknown[], readonly unknown[]] = [network[part], other[part]];
  if (how === 'swapped') return { ...network, [part]: others };
  const index = items.length === 0 ? 0 : at % items.length;
  const item = others[at % Math.max(1, others.length)];
  const put = how === 'replaced' && item !== undefined ? [item] : [];
  return { ...network, [part]: [...items.slice(0, index), ...put, ...items.slice(index + 1)] };
}

/** What each pair of workloads may exchange, whatever allows it. */
function pairsOf(network: Network): Map<string, string> {
  const pairs = new Map<string, string>();
  for (const { from, fromKind, to, toKind, protocol, ports } of analyse(network).rows()) {
    if (fromKind === EXTERNAL || toKind === EXTERNAL) continue;
    const key = `${from} ${fromKind} ${to} ${toKind}`;
    pairs.set(key, `${pairs.get(key) ?? ''} ${protocol} ${ports}`);
  }
  return pairs;
}

describe('the workloads that a change is about', () => {
  it('are in every pair that changes', () => {
    fc.assert(
      fc.property(anyNetwork, anyNetwork, edits, (base, other, edit) => {
        const head = edited(base, other, edit);
        const [before, after] = [pairsOf(base), pairsOf(head)];
        const want = [...new Set([...before.keys(), ...after.keys()])].filter(
          (key) => before.get(key) !== after.get(key),
        );
        const changes = diffReach(
          { network: base, permissions: [] },
          { network: head, permissions: [] },
        );
        const found = changes
          .filter(({ fromKind, toKind }) => fromKind !== EXTERNAL && toKind !== EXTERNAL)
          .map(({ from, fromKind, to, toKind }) => `${from} ${fromKind} ${to} ${toKind}`);
        expect(found.sort()).toEqual(want.sort());
      }),
      { numRuns: 300 },
    );
  });

  it('are none where only places differ', () => {
    fc.assert(
      fc.property(anyNetwork, (network) => {
        const moved = JSON.parse(JSON.stringify(network), (key, value) =>
          key === 'line' ? value + 1 : value,
        ) as Network;
        const touched = touchedWorkloads(
          { network, permissions: [] },
          { network: moved, permissions: [] },
        );
        expect([...touched]).toEqual([]);
      }),
      { numRuns: 50 },
    );
  });
});
