import type { Waterfall, WaterfallRow } from '../../tracing/traces/index.ts';
import { counted, type Painter, plain, type Style, spread, wrap } from '../terminal.ts';

const WIDTH = 80;
const LABEL = 44;
const STATUS = 4;
const DURATION = 9;
const BAR = WIDTH - LABEL - STATUS - DURATION - 2;
/** Deeper rows stand no further to the right. */
const MAX_INDENT = 10;

/** A trace in 80 columns: a line for each request, with the time that it took, and below it who called by which evidence
 *  and what the policy says of that. */
export function* toWaterfallText(trace: Waterfall, paint: Painter): Generator<string> {
  const about = `${counted(trace.rows.length, 'request')}, ${counted(trace.services.length, 'service')}`;
  yield `${paint('bold', spread(`Trace ${trace.traceId}`, toDuration(trace.durationMs)))}\n`;
  yield `${spread(trace.time, about)}\n`;
  if (trace.reasons.length > 0) yield `kept for: ${trace.reasons.join(', ')}\n`;
  yield '\n';
  const branches = branchesOf(trace.rows);
  for (const [place, row] of trace.rows.entries()) {
    yield* toRow(row, branches[place] ?? NO_BRANCH, trace.durationMs, paint);
  }
  if (trace.cut > 0) yield `\n${counted(trace.cut, 'span')} more, which there was no room for\n`;
}

/** What leads to a row from those above it, and on to what it says in its next lines. */
interface Branch {
  readonly head: string;
  readonly body: string;
}
const NO_BRANCH: Branch = { head: '', body: '' };

function branchesOf(rows: readonly WaterfallRow[]): Branch[] {
  const lastChild = new Map<number, number>();
  for (const [place, { parent }] of rows.entries()) {
    if (parent !== null) lastChild.set(parent, place);
  }
  const branches: Branch[] = [];
  for (const [place, { parent }] of rows.entries()) {
    const around = parent === null ? undefined : branches[parent];
    if (around === undefined || parent === null) branches.push(NO_BRANCH);
    else if (around.body.length >= MAX_INDENT)
      branches.push({ head: `${around.body}… `, body: around.body });
    else {
      const isLast = lastChild.get(parent) === place;
      branches.push({
        head: `${around.body}${isLast ? '└ ' : '├ '}`,
        body: `${around.body}${isLast ? '  ' : '│ '}`,
      });
    }
  }
  const parents = new Set(lastChild.keys());
  return branches.map(({ head, body }, place) => ({
    head,
    body: `${body}${parents.has(place) ? '│ ' : '  '}`,
  }));
}

function* toRow(
  row: WaterfallRow,
  { head, body }: Branch,
  totalMs: number,
  paint: Painter,
): Generator<string> {
  const name = row.isVirtual
    ? `${row.to ?? 'somebody'} (not seen)`
    : `${row.to ?? 'somebody'} ${row.operation}`;
  const label = cut(`${head}${plain(name)}`, LABEL - 1).padEnd(LABEL);
  const status = (row.status === 0 ? '' : String(row.status)).padEnd(STATUS);
  const duration = toDuration(row.durationMs).padStart(DURATION);
  const style = STYLES[row.outcome];
  const bar = toBar(row, totalMs);
  yield `${label}${paint(style, status)}${duration}  ${paint(style, bar)}`.trimEnd().concat('\n');
  const said = saidOf(row);
  const isBad = row.contradicts || row.policy === 'undeclared' || row.policy === 'forbidden';
  const room = WIDTH - body.length;
  for (const line of wrap(said, room)) {
    yield `${body}${paint(isBad ? 'red' : 'dim', cut(line, room))}\n`;
  }
}

const STYLES: Readonly<Record<WaterfallRow['outcome'], Style>> = {
  ok: 'cyan',
  failed: 'yellow',
  denied: 'red',
};

/** `from web, authenticated as spiffe://example.org/web, declared`. */
function saidOf(row: WaterfallRow): string {
  const { from, evidence, principal, claimed, contradicts, policy, notes, shiftedMs, count } = row;
  if (row.isVirtual) return 'nobody tells of it; what follows is part of it';
  const said = [
    from === null ? 'from outside, or nobody says from where' : `from ${from}`,
    ...(evidence === 'authenticated' ? [`authenticated as ${principal}`] : []),
    ...(evidence === 'asserted' ? ['asserted'] : []),
    ...(contradicts ? [`but says it is ${claimed}`] : []),
    ...(policy === 'unknown' ? [] : [policy]),
    ...(row.outcome === 'ok' ? [] : [row.outcome]),
    ...(row.isHalf ? ['told by the caller alone'] : []),
    ...(count > 1 ? [`${count} times`] : []),
    ...notes.map((note) =>
      note === 'clock shifted' ? `shown ${toDuration(shiftedMs)} later: its clock is behind` : note,
    ),
  ];
  return plain(said.join(', '));
}

function toBar({ offsetMs, durationMs }: WaterfallRow, totalMs: number): string {
  if (totalMs <= 0) return '█'.repeat(BAR);
  const from = Math.min(BAR - 1, Math.floor((offsetMs / totalMs) * BAR));
  const length = Math.max(1, Math.round((durationMs / totalMs) * BAR));
  return `${' '.repeat(from)}${'█'.repeat(Math.min(length, BAR - from))}`;
}

function toDuration(milliseconds: number): string {
  if (milliseconds >= 100_000) return `${Math.round(milliseconds / 1_000)} s`;
  if (milliseconds >= 1_000) return `${(milliseconds / 1_000).toFixed(2)} s`;
  return `${milliseconds >= 10 ? Math.round(milliseconds) : milliseconds.toFixed(1)} ms`;
}

function cut(text: string, width: number): string {
  return text.length <= width ? text : `${text.slice(0, width - 1)}…`;
}
