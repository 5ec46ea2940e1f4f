import { operationKey } from './api.ts';
import { PROBE, type Style, type Traffic } from './traffic.ts';

/** What a learner made of the traffic of one API. */
export interface Learned {
  /** Every template learnt, with the statuses that its requests were answered with. */
  readonly templates: readonly {
    readonly method: string;
    readonly template: string;
    readonly statuses: ReadonlySet<number> | readonly number[];
  }[];
  /** The template that a request falls under. */
  match(method: string, path: string): string | undefined;
}

export const SEEN = ['1', '2-4', '5-19', '20+'] as const;
export type Seen = (typeof SEEN)[number];

/** Kinds of operations that are told apart: by what is in their paths. `static` has no parameter, and
 *  `closed` one that takes a few listed values. */
export type Kind = Style | 'static' | 'closed';

/** A part of a whole; adds up over APIs. */
export interface Share {
  part: number;
  whole: number;
}

export interface Score {
  /** Templates learnt exactly, templates learnt, and operations seen. What was only ever refused or not
   *  found (401, 403, 404) is taken for a probe and not for learnt. */
  readonly exact: number;
  readonly learned: number;
  readonly operations: number;
  /** The same, with only what was never found (404) taken for a probe. */
  readonly withRefused: { readonly exact: number; readonly learned: number };
  readonly bySeen: Readonly<Record<Seen, Share>>;
  readonly byKind: ReadonlyMap<Kind, Share>;
  /** The same three without operations that have a closed list, and without what was learnt of their
   *  requests: there two readings are right. */
  readonly open: { readonly exact: number; readonly learned: number; readonly operations: number };
  /** Requests under a template that also took requests of another operation. */
  readonly falselyMerged: Share;
  /** Operations with such requests: the one that was swallowed and the one that swallowed it. */
  readonly mergedOperations: Share;
  /** Those of them that were swallowed: the template is not their own. */
  readonly swallowedOperations: Share;
  /** Requests of operations that are grouped alone and whole, whatever the template is called. */
  readonly grouped: Share;
  /** Requests whose template is exactly that of their operation. */
  readonly routed: Share;
  /** Learned templates that took nothing but probes, though not all of them were answered 404. */
  readonly probes: number;
  /** For looking into errors. */
  readonly missed: readonly string[];
  readonly wrong: readonly string[];
}

interface Group {
  readonly key: string;
  readonly byOperation: Map<string, number>;
}

/** Compares what was learnt with the truth, by shape: names of parameters do not count. Operations
 *  that were never seen do not count, nor those that only ever answered 404, of which no learner can
 *  tell that they are no probes; learnt templates that only ever answered 404 do not count either. */
export function score({ operations, requests }: Traffic, learned: Learned): Score {
  const keys = operations.map(({ method, template }) => operationKey(method, template));
  const keyOf = remembered(operationKey);
  const seen = new Map<string, number>();
  const confirmed = new Set<string>();
  const groups = new Map<string, Group>();
  let routed = 0;
  let answered = 0;
  for (const { method, path, status, truth } of requests) {
    const template = learned.match(method, path);
    const found = template === undefined ? `${method} ?${path}` : keyOf(method, template);
    const key = truth === PROBE ? '' : (keys[truth] ?? '');
    const group = groups.get(found) ?? { key: found, byOperation: new Map() };
    groups.set(found, group);
    group.byOperation.set(key, (group.byOperation.get(key) ?? 0) + 1);
    if (truth === PROBE) continue;
    answered++;
    seen.set(key, (seen.get(key) ?? 0) + 1);
    if (status !== 404) confirmed.add(key);
    if (found === key) routed++;
  }
  for (const key of [...seen.keys()]) if (!confirmed.has(key)) seen.delete(key);

  const found = templatesOf(learned, REFUSED);
  const withRefused = templatesOf(learned, NOT_FOUND);
  const byKey = new Map(keys.map((key, index) => [key, operations[index]]));
  const closed = new Set(keys.filter((key) => byKey.get(key)?.isClosed));
  const ofClosed = learnedOfClosed(groups, closed);
  const bySeen = emptyBySeen();
  const byKind = new Map<Kind, Share>();
  let exact = 0;
  for (const [key, count] of seen) {
    const isExact = found.has(key);
    if (isExact) exact++;
    addTo(bySeen[seenOf(count)], isExact);
    const operation = byKey.get(key);
    const kinds = new Set((operation?.styles ?? []).map((style): Kind => style ?? 'closed'));
    for (const kind of kinds.size > 0 ? kinds : (['static'] as const)) {
      const share = byKind.get(kind) ?? { part: 0, whole: 0 };
      byKind.set(kind, share);
      addTo(share, isExact);
    }
  }
  const isOpen = (key: string): boolean => !closed.has(key);
  return {
    exact,
    learned: found.size,
    operations: seen.size,
    withRefused: {
      exact: [...seen.keys()].filter((key) => withRefused.has(key)).length,
      learned: withRefused.size,
    },
    bySeen,
    byKind,
    open: {
      exact: [...seen.keys()].filter((key) => isOpen(key) && found.has(key)).length,
      learned: [...found].filter((key) => isOpen(key) && !ofClosed.has(key)).length,
      operations: [...seen.keys()].filter(isOpen).length,
    },
    ...merges(groups, seen, answered),
    routed: { part: routed, whole: answered },
    probes: [...withRefused].filter((key) => isOnlyProbes(groups.get(key))).length,
    missed: [...seen.keys()].filter((key) => !found.has(key)),
    wrong: [...found].filter((key) => !seen.has(key)),
  };
}

const NOT_FOUND: ReadonlySet<number> = new Set([404]);
const REFUSED: ReadonlySet<number> = new Set([401, 403, 404]);

/** Method and shape of everything that was learnt and once answered with something else than these. */
function templatesOf(learned: Learned, ofProbes: ReadonlySet<number>): Set<string> {
  const found = new Set<string>();
  for (const { method, template, statuses } of learned.templates) {
    for (const status of statuses) {
      if (ofProbes.has(status)) continue;
      found.add(operationKey(method, template));
      break;
    }
  }
  return found;
}

/** What was learnt of requests of closed lists alone. */
function learnedOfClosed(
  groups: ReadonlyMap<string, Group>,
  closed: ReadonlySet<string>,
): Set<string> {
  const alone = [...groups.values()].filter(({ byOperation }) =>
    [...byOperation.keys()].every((key) => closed.has(key)),
  );
  return new Set(alone.map(({ key }) => key));
}

function merges(
  groups: ReadonlyMap<string, Group>,
  seen: ReadonlyMap<string, number>,
  answered: number,
): Pick<Score, 'falselyMerged' | 'mergedOperations' | 'swallowedOperations' | 'grouped'> {
  let merged = 0;
  let grouped = 0;
  const operations = new Set<string>();
  const swallowed = new Set<string>();
  for (const { key: found, byOperation } of groups.values()) {
    const real = [...byOperation].filter(([key]) => key !== '');
    for (const [key, count] of real) {
      if (real.length > 1) {
        merged += count;
        operations.add(key);
        if (key !== found) swallowed.add(key);
      } else if (count === seen.get(key)) grouped += count;
    }
  }
  return {
    falselyMerged: { part: merged, whole: answered },
    mergedOperations: { part: operations.size, whole: seen.size },
    swallowedOperations: { part: swallowed.size, whole: seen.size },
    grouped: { part: grouped, whole: answered },
  };
}

function isOnlyProbes(group: Group | undefined): boolean {
  return !group || [...group.byOperation.keys()].every((key) => key === '');
}

function seenOf(count: number): Seen {
  if (count === 1) return '1';
  if (count < 5) return '2-4';
  return count < 20 ? '5-19' : '20+';
}

function emptyBySeen(): Record<Seen, Share> {
  const empty = (): Share => ({ part: 0, whole: 0 });
  return { '1': empty(), '2-4': empty(), '5-19': empty(), '20+': empty() };
}

function addTo(share: Share, isExact: boolean): void {
  share.whole++;
  if (isExact) share.part++;
}

function remembered(
  keyOf: (method: string, template: string) => string,
): (method: string, template: string) => string {
  const keys = new Map<string, string>();
  return (method, template) => {
    const asked = `${method} ${template}`;
    const known = keys.get(asked) ?? keyOf(method, template);
    keys.set(asked, known);
    return known;
  };
}
