import { compareText } from '../../../base/diagnostic.ts';
import { type IpRange, ipRangeText, parseIpRange } from '../../../base/ip-range.ts';
import { EXTERNAL, type ReachChange, type ReachRow } from '../model.ts';

type Side = 'from' | 'to';

/** Puts changes of ranges that lie beside each other and change alike together. */
export function mergeRanges(changes: readonly ReachChange[]): readonly ReachChange[] {
  const groups = Map.groupBy(changes, groupOf);
  return [...groups]
    .flatMap(([group, alike]) => (group === '' ? alike : mergeGroup(alike)))
    .sort(compareChanges);
}

/** '' for changes between workloads. */
function groupOf(change: ReachChange): string {
  const side = sideOf(change);
  if (side === undefined) return '';
  const without = (rows: readonly ReachRow[]) =>
    rows.map(({ protocol, ports, http }) => [protocol, ports, http]);
  const other = side === 'from' ? [change.to, change.toKind] : [change.from, change.fromKind];
  return JSON.stringify([side, other, without(change.before), without(change.after)]);
}

function sideOf({ fromKind, toKind }: ReachChange): Side | undefined {
  if (fromKind === EXTERNAL) return 'from';
  return toKind === EXTERNAL ? 'to' : undefined;
}

function mergeGroup(changes: readonly ReachChange[]): readonly ReachChange[] {
  const sorted = changes
    .map((change) => ({ change, range: rangeOf(change) }))
    .sort((a, b) => a.range.family - b.range.family || (a.range.first < b.range.first ? -1 : 1));
  const merged: { change: ReachChange; range: IpRange }[] = [];
  for (const one of sorted) {
    const end = merged.at(-1);
    const isNext =
      end?.range.family === one.range.family && end.range.last + 1n === one.range.first;
    if (end && isNext) end.range = { ...end.range, last: one.range.last };
    else merged.push({ ...one });
  }
  return merged.map(({ change, range }) => renamed(change, ipRangeText(range)));
}

function rangeOf(change: ReachChange): IpRange {
  const text = change[sideOf(change) ?? 'from'];
  const [first, last] = text.split('-').map((address) => parseIpRange(address));
  // Names of ranges are made of two addresses, by `ipRangeText`.
  if (!first || !last) throw new RangeError('not the name of a range');
  return { family: first.family, first: first.first, last: last.last };
}

function renamed(change: ReachChange, name: string): ReachChange {
  const side = sideOf(change) ?? 'from';
  const rename = (rows: readonly ReachRow[]) => rows.map((row) => ({ ...row, [side]: name }));
  return {
    ...change,
    [side]: name,
    before: rename(change.before),
    after: rename(change.after),
  };
}

function compareChanges(a: ReachChange, b: ReachChange): number {
  return (
    compareText(a.from, b.from) ||
    compareText(a.fromKind, b.fromKind) ||
    compareText(a.to, b.to) ||
    compareText(a.toKind, b.toKind)
  );
}
