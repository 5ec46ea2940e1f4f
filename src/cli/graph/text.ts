import { toTimestamp } from '../../base/clock.ts';
import { toPlace } from '../../base/diagnostic.ts';
import type { Alert, GraphEdge } from '../../tracing/index.ts';
import type { LeftOut } from '../discover/left-out.ts';
import { counted, grouped, type Painter, plain, spread } from '../terminal.ts';
import { nameOf, SEVERITY_STYLES, toBlock, toEdgeTable, toHop, toLines } from './pieces.ts';
import type { GraphContext, GraphReport } from './report.ts';

const WIDTH = 80;
const MAX_HOPS = 12;
const MAX_EDGES = 40;
const MAX_TRACES = 2;

/** A call graph for people: alerts first, each with its path hop by hop, then who calls whom. */
export function* toText(
  report: GraphReport,
  context: GraphContext,
  paint: Painter,
): Generator<string> {
  const { services, edges, alerts } = report;
  const about = `${counted(services.length, 'service')}, ${counted(edges.length, 'edge')}`;
  const read = `${counted(context.spans, 'span')} of ${counted(context.files, 'file')}`;
  yield `${paint('bold', spread(about, read))}\n`;
  yield `${periodOf(context)}\n\n`;
  yield* toAlerts(alerts, paint);
  yield* toEdges(edges, paint);
  yield* toLeftOut(context.leftOut, paint);
}

function periodOf({ from, to, baselineUntil }: GraphContext): string {
  const [first, learnt, last] = [from, baselineUntil, to].map((time) =>
    toTimestamp(time).replace(/\.\d+Z$/, 'Z'),
  );
  if (baselineUntil <= from) return `${first} to ${last}; nothing to learn from before`;
  if (baselineUntil > to) return `${first} to ${last}, learnt and not judged`;
  return `${first} to ${last}, judged from ${learnt}`;
}

function* toAlerts(alerts: readonly Alert[], paint: Painter): Generator<string> {
  if (alerts.length === 0) {
    yield `${paint('green', 'No alert.')}\n\n`;
    return;
  }
  yield `${paint('bold', counted(alerts.length, 'alert'))}\n`;
  for (const alert of alerts) yield* toAlert(alert, paint);
  yield '\n';
}

function* toAlert(alert: Alert, paint: Painter): Generator<string> {
  const { severity, kind, path, reason, hops, techniques, traceIds } = alert;
  const head = spread(`${severity.toUpperCase().padEnd(9)} ${kind}`, alert.time);
  yield `\n${paint(SEVERITY_STYLES[severity], head)}\n`;
  yield* toBlock(path.map(nameOf).join(' -> '), (line) => paint('bold', line));
  yield* toBlock(reason);
  for (const hop of hops.slice(0, MAX_HOPS)) yield* toHop(hop, paint);
  if (hops.length > MAX_HOPS)
    yield* toBlock(`… and ${counted(hops.length - MAX_HOPS, 'more hop')}`);
  const shown = traceIds.slice(0, MAX_TRACES).join(', ');
  const more = traceIds.length > MAX_TRACES ? ` and ${traceIds.length - MAX_TRACES} more` : '';
  yield* toBlock(`ATT&CK ${techniques.join(', ') || '-'}; trace ${shown || '-'}${more}`, (line) =>
    paint('dim', line),
  );
}

function* toEdges(edges: readonly GraphEdge[], paint: Painter): Generator<string> {
  if (edges.length === 0) return;
  yield `${paint('bold', 'Who calls whom')}\n`;
  const sorted = edges.toSorted((a, b) => b.requests - a.requests);
  yield `${toEdgeTable(sorted.slice(0, MAX_EDGES))}\n`;
  const more = edges.length - MAX_EDGES;
  if (more > 0) yield `… and ${counted(more, 'more edge')}: --format json has all\n`;
  yield '\n';
}

function* toLeftOut(leftOut: readonly LeftOut[], paint: Painter): Generator<string> {
  if (leftOut.length === 0) return;
  yield `${paint('bold', 'Left out')}\n`;
  for (const { reason, count, first } of leftOut) {
    const places = first.map(toPlace).join(', ');
    const more = count > first.length && first.length > 0 ? ' …' : '';
    const text = `${grouped(count)}: ${reason}${places === '' ? '' : ` (${plain(places)}${more})`}`;
    for (const line of toLines(text, WIDTH - 2)) yield `  ${line}\n`;
  }
}
