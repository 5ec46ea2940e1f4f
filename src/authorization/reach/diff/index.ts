import { compareText } from '../../../base/diagnostic.ts';
import type { Network } from '../../../estate/index.ts';
import { analyse } from '../analyse.ts';
import type { AddressSplits, ReachChange, ReachRow, ServicePermissions } from '../model.ts';
import { PortSets } from '../port-set.ts';
import { splitsOf } from '../ranges.ts';
import { deltasOf } from './deltas.ts';
import { mergeRanges } from './merge-ranges.ts';
import { touchedWorkloads } from './touched.ts';

/** One state of what decides about traffic. */
export interface ReachState {
  readonly network: Network;
  readonly permissions: readonly ServicePermissions[];
}

/** The rows of one pair. */
interface Pair {
  readonly key: string;
  readonly rows: readonly ReachRow[];
}

/** How reach differs between two states: one change for each pair, by from and then to. Addresses outside are first
 *  split where either state splits them, and put together again where all of them change alike. */
export function diffReach(base: ReachState, head: ReachState): readonly ReachChange[] {
  const splitAt = both(splitsOf(base.network), splitsOf(head.network));
  const about = touchedWorkloads(base, head);
  const read = ({ network, permissions }: ReachState) =>
    pairsOf(analyse(network, { permissions, splitAt }).rows({ about }));
  const before = read(base);
  const after = read(head);
  const sets = new PortSets();
  const names = { base: namesOf(base.network), head: namesOf(head.network) };
  const changes: ReachChange[] = [];
  let [old, fresh] = [before.next(), after.next()];
  while (!old.done || !fresh.done) {
    const order = old.done ? 1 : fresh.done ? -1 : compareText(old.value.key, fresh.value.key);
    const pair = {
      before: old.done || order > 0 ? [] : old.value.rows,
      after: fresh.done || order < 0 ? [] : fresh.value.rows,
    };
    const change = toChange(sets, pair.before, pair.after, names);
    if (change) changes.push(change);
    if (order <= 0) old = before.next();
    if (order >= 0) fresh = after.next();
  }
  return mergeRanges(changes);
}

function both(a: AddressSplits, b: AddressSplits): AddressSplits {
  return {
    sources: [...a.sources, ...b.sources],
    destinations: [...a.destinations, ...b.destinations],
  };
}

/** Below every character of a name, so that keys are in the order of rows. */
const SEPARATOR = '\u0000';

function* pairsOf(rows: Iterable<ReachRow>): Generator<Pair> {
  let key: string | undefined;
  let pair: ReachRow[] = [];
  for (const row of rows) {
    const next = [row.from, row.fromKind, row.to, row.toKind].join(SEPARATOR);
    if (key !== undefined && next !== key) {
      yield { key, rows: pair };
      pair = [];
    }
    key = next;
    pair.push(row);
  }
  if (key !== undefined) yield { key, rows: pair };
}

type Names = Readonly<Record<'base' | 'head', ReadonlySet<string>>>;

function namesOf({ workloads }: Network): ReadonlySet<string> {
  return new Set(workloads.map(({ namespace, name, kind }) => `${namespace}/${name} ${kind}`));
}

function toChange(
  sets: PortSets,
  before: readonly ReachRow[],
  after: readonly ReachRow[],
  names: Names,
): ReachChange | undefined {
  const [row] = [...before, ...after];
  if (!row || isSame(before, after)) return undefined;
  const { from, fromKind, to, toKind } = row;
  return {
    change: before.length === 0 ? 'added' : after.length === 0 ? 'removed' : 'changed',
    from,
    fromKind,
    to,
    toKind,
    before,
    after,
    gained: deltasOf(sets, after, before),
    lost: deltasOf(sets, before, after),
    peersAdded: onlyIn(names.head, names.base, row),
    peersRemoved: onlyIn(names.base, names.head, row),
  };
}

/** Whether the same is let through, for whatever reason. */
function isSame(before: readonly ReachRow[], after: readonly ReachRow[]): boolean {
  return (
    before.length === after.length &&
    before.every((row, index) => {
      const other = after[index];
      return (
        other !== undefined &&
        row.protocol === other.protocol &&
        row.ports === other.ports &&
        row.http?.join('\n') === other.http?.join('\n')
      );
    })
  );
}

function onlyIn(
  these: ReadonlySet<string>,
  those: ReadonlySet<string>,
  { from, fromKind, to, toKind }: ReachRow,
): readonly string[] {
  return [
    { name: from, kind: fromKind },
    { name: to, kind: toKind },
  ]
    .filter(({ name, kind }) => these.has(`${name} ${kind}`) && !those.has(`${name} ${kind}`))
    .map(({ name }) => name);
}
