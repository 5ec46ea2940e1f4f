import { EXTERNAL, type ReachRow } from '../../authorization/reach/index.ts';
import { counted, type Painter, plain, spread, wrap } from '../terminal.ts';
import { connectionText, peerText, requestsOf } from './connection.ts';

const WIDTH = 80;
/** Behind it stand connections. */
const NAME_WIDTH = 48;

export interface NetworkSizes {
  readonly workloads: number;
  readonly policies: number;
}

/** One connection, and everyone who has it. */
interface Group {
  readonly connection: string;
  readonly requests: readonly string[];
  readonly callers: { readonly name: string; readonly kind: string }[];
}

interface Target {
  readonly name: string;
  readonly kind: string;
  readonly groups: Map<string, Group>;
}

/** For each who can be reached, by whom: callers of one kind of connection together, so that a page holds what many
 *  thousand rows say. */
export function* toReachText(
  rows: Iterable<ReachRow>,
  sizes: NetworkSizes,
  paint: Painter,
): Generator<string> {
  const callers = new Map<string, Set<string>>();
  const { targets, pairs } = gather(rows, callers);
  const about = `${counted(sizes.workloads, 'workload')}, ${counted(sizes.policies, 'policy', 'policies')}`;
  yield `${spread(about, counted(pairs, 'connected pair'), WIDTH)}\n`;
  if (pairs === 0) yield '\nNothing reaches anything.\n';
  for (const alike of together([...targets.values()])) {
    yield '\n';
    for (const { name, kind } of alike) yield `${paint('bold', plain(peerText(name, kind)))}\n`;
    for (const target of alike.slice(0, 1)) {
      for (const group of target.groups.values()) yield* groupText(group, target, callers, paint);
    }
  }
}

/** Workloads one by one, and behind them addresses outside: ranges that the same callers reach alike together. */
function together(targets: readonly Target[]): readonly (readonly Target[])[] {
  const isOutside = ({ kind }: Target) => kind === EXTERNAL;
  const ranges = Map.groupBy(targets.filter(isOutside), ({ groups }) =>
    JSON.stringify([...groups]),
  );
  return [...targets.filter((one) => !isOutside(one)).map((one) => [one]), ...ranges.values()];
}

function gather(rows: Iterable<ReachRow>, callers: Map<string, Set<string>>) {
  const targets = new Map<string, Target>();
  let pairs = 0;
  let pair: ReachRow[] = [];
  const take = () => {
    const [row] = pair;
    if (!row) return;
    pairs += 1;
    addPair(targets, row, pair);
    countCaller(callers, row);
  };
  for (const row of rows) {
    const [before] = pair;
    if (before && !isSamePair(before, row)) {
      take();
      pair = [];
    }
    pair.push(row);
  }
  take();
  return { targets: new Map([...targets].sort(([a], [b]) => (a < b ? -1 : 1))), pairs };
}

function isSamePair(a: ReachRow, b: ReachRow): boolean {
  return a.from === b.from && a.to === b.to && a.fromKind === b.fromKind && a.toKind === b.toKind;
}

function addPair(targets: Map<string, Target>, row: ReachRow, pair: readonly ReachRow[]): void {
  const key = `${row.to} ${row.toKind}`;
  const target = targets.get(key) ?? { name: row.to, kind: row.toKind, groups: new Map() };
  targets.set(key, target);
  const connection = connectionText(pair);
  const requests = requestsOf(pair);
  const groupKey = [connection, ...requests].join('\n');
  const group = target.groups.get(groupKey) ?? { connection, requests, callers: [] };
  target.groups.set(groupKey, group);
  group.callers.push({ name: row.from, kind: row.fromKind });
}

/** Which workloads of each namespace call anything at all. */
function countCaller(callers: Map<string, Set<string>>, { from, fromKind }: ReachRow): void {
  const namespace = namespaceOf(from, fromKind);
  if (namespace === undefined) return;
  const known = callers.get(namespace);
  if (known) known.add(`${from} ${fromKind}`);
  else callers.set(namespace, new Set([`${from} ${fromKind}`]));
}

function namespaceOf(name: string, kind: string): string | undefined {
  const slash = name.indexOf('/');
  return slash === -1 || kind === EXTERNAL ? undefined : name.slice(0, slash);
}

function* groupText(
  group: Group,
  target: Target,
  callers: ReadonlyMap<string, ReadonlySet<string>>,
  paint: Painter,
): Generator<string> {
  const [first = '', ...more] = wrap(group.connection, WIDTH - NAME_WIDTH);
  const [name = '', ...others] = summary(group, target, callers).map(plain);
  const start = `  ${name}`;
  const isTight = start.length >= NAME_WIDTH;
  if (isTight) yield `${start}\n`;
  yield `${(isTight ? '' : start).padEnd(NAME_WIDTH)}${first}\n`;
  for (const line of more) yield `${' '.repeat(NAME_WIDTH)}${line}\n`;
  for (const request of group.requests) {
    for (const line of wrap(plain(request), WIDTH - NAME_WIDTH - 2)) {
      yield `${' '.repeat(NAME_WIDTH + 2)}${paint('dim', line)}\n`;
    }
  }
  for (const other of others) yield `  ${other}\n`;
}

/** Namespaces all of whose workloads call (the target itself left out) are one line. */
function summary(
  { callers }: Group,
  target: Target,
  all: ReadonlyMap<string, ReadonlySet<string>>,
): readonly string[] {
  const byNamespace = Map.groupBy(callers, ({ name, kind }) => namespaceOf(name, kind));
  return [...byNamespace].flatMap(([namespace, some]) => {
    const everyone = all.get(namespace ?? '');
    const self = everyone?.has(`${target.name} ${target.kind}`) ? 1 : 0;
    if (
      namespace !== undefined &&
      some.length > 2 &&
      some.length === (everyone?.size ?? 0) - self
    ) {
      return [`${namespace}/* (${some.length} workloads)`];
    }
    return some.map(({ name, kind }) => peerText(name, kind));
  });
}
