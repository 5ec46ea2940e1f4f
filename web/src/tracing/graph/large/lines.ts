import { type Columns, FLAG, RANKS } from './columns.ts';

/** What the colour of a line says: what is unusual about the relationship, or else who called. */
export const LINES = [...RANKS.toReversed(), 'new', 'refused', 'incident'] as const;
export type Line = (typeof LINES)[number];

/** What is unusual is drawn over all else. */
export const isMarked = (line: Line): boolean => LINES.indexOf(line) >= RANKS.length;

/** The way of an open incident. */
export interface OpenWay {
  /** Services in the order in which they were reached. */
  readonly path: readonly string[];
  /** When it began; RFC 3339. */
  readonly time: string;
}

/** What each relationship is drawn as. */
export function linesOf(columns: Columns, ways: readonly OpenWay[]): Line[] {
  const isOnWay = onWays(columns, ways);
  return Array.from(columns.from, (_, edge) => {
    const flags = columns.flags[edge] ?? 0;
    if (isOnWay(edge)) return 'incident';
    if (flags & FLAG.refused) return 'refused';
    if (flags & FLAG.new) return 'new';
    return RANKS[columns.evidence[edge] ?? 0] ?? 'none';
  });
}

/** Whether a relationship leads on along a way, and was seen since that began. */
function onWays({ ids, from, to, lastSeen }: Columns, ways: readonly OpenWay[]) {
  const placed = ways.map(({ path, time }) => ({
    steps: new Map(path.map((id, step) => [id, step])),
    time: Date.parse(time),
  }));
  return (edge: number): boolean => {
    const [caller, callee] = [ids[from[edge] ?? 0] ?? '', ids[to[edge] ?? 0] ?? ''];
    return placed.some(({ steps, time }) => {
      const [start, end] = [steps.get(caller), steps.get(callee)];
      const leadsOn = start !== undefined && end !== undefined && start < end;
      return leadsOn && (lastSeen[edge] ?? 0) >= time;
    });
  };
}

/** How many there are of each kind. */
export function countLines(lines: readonly Line[]): ReadonlyMap<Line, number> {
  const counts = new Map<Line, number>();
  for (const line of lines) counts.set(line, (counts.get(line) ?? 0) + 1);
  return counts;
}
