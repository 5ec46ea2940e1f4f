import type { EndpointRecord } from '../estate/index.ts';
import { alignBasePath } from './base-path.ts';
import { groupBy } from './group-by.ts';
import { shapeOf } from './shape.ts';

/** All records of one endpoint, each under its own spelling; never empty. */
export type Spellings = readonly EndpointRecord[];

interface Group {
  readonly protocol: string;
  readonly method: string;
  readonly shape: string;
  readonly records: EndpointRecord[];
}

/** Brings the records of one service together that mean one endpoint. Records that nothing is known
 *  by, except what was decided of them, are none by themselves. */
export function groupSpellings(records: readonly EndpointRecord[]): Spellings[] {
  const shaped = records.map((record) => ({ record, shape: shapeOf(record.template) }));
  const aligned = alignBasePath(shaped);
  const groups = new Map<string, Group>();
  for (const { record, shape: own } of shaped) {
    const { protocol, method } = record;
    const shape = aligned.get(record) ?? own;
    const key = `${protocol} ${method} ${shape}`;
    const group = groups.get(key);
    if (group) group.records.push(record);
    else groups.set(key, { protocol, method, shape, records: [record] });
  }
  const known = [...groups.values()].filter(isKnown);
  return withoutAlternatives(spreadAny(known));
}

function isKnown({ records }: Group): boolean {
  return records.some(({ sources }) => sources.length > 0);
}

/** Code that takes every method (`ANY /x`) implements each declared method of the same path. */
function spreadAny(groups: readonly Group[]): Spellings[] {
  const takeAny = groups.filter(({ method }) => method === 'ANY');
  if (takeAny.length === 0) return groups.map(({ records }) => records);
  const pathOf = ({ protocol, shape }: Group) => `${protocol} ${shape}`;
  const others = groupBy(
    groups.filter(({ method }) => method !== 'ANY'),
    pathOf,
  );
  const anyOf = new Map(takeAny.map((group) => [pathOf(group), group.records]));
  return groups.flatMap((group) => {
    if (group.method === 'ANY') return others.has(pathOf(group)) ? [] : [group.records];
    return [[...group.records, ...(anyOf.get(pathOf(group)) ?? [])]];
  });
}

/** A specification that names servers with several base paths declares one operation under each of
 *  them, at one place. Where the service is found to answer at some, the others are other addresses
 *  of the same endpoint (a gateway's, a developer's machine) and not dormant ones. */
function withoutAlternatives(groups: readonly Spellings[]): Spellings[] {
  const answered = new Set(groups.filter(isFound).flatMap(operationsOf));
  if (answered.size === 0) return [...groups];
  return groups.filter((group) => {
    if (isFound(group)) return true;
    const operations = operationsOf(group);
    return operations.length === 0 || operations.some((key) => !answered.has(key));
  });
}

function isFound(group: Spellings): boolean {
  return group.some(({ sources }) => sources.some(({ how }) => how !== 'declared'));
}

/** Where operations of specifications are declared, with their methods. */
function operationsOf(group: Spellings): string[] {
  return group.flatMap(({ method, sources }) =>
    sources
      .filter(({ reader, how }) => reader === 'openapi' && how === 'declared')
      .map(({ file, line, column }) => `${method} ${file}:${line}:${column}`),
  );
}
