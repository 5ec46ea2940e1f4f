import type { Severity } from '../../estate/index.ts';
import type { AlertHop, GraphEdge } from '../../tracing/index.ts';
import { toTable } from '../table.ts';
import { grouped, type Painter, plain, type Style, wrap } from '../terminal.ts';

/** Pieces of text that call graphs, incidents and alerts have in common, in 80 columns. */

const WIDTH = 80;
export const INDENT = 4;
/** `11:20:10.123  ` */
const TIME = 14;

export const SEVERITY_STYLES: Readonly<Record<Severity, Style>> = {
  critical: 'red',
  high: 'red',
  medium: 'yellow',
  low: 'gray',
  info: 'gray',
};

/** A request of a story: what it was, and what is known of it. */
export function* toHop(hop: AlertHop, paint: Painter): Generator<string> {
  const { from, to, operation, time, evidence, policy, outcome, signs } = hop;
  const at = time.slice(11, 23).padEnd(TIME);
  const [first = '', ...rest] = toLines(
    `${nameOf(from)} -> ${to}  ${operation === '*' ? '' : operation}`,
    WIDTH - INDENT - TIME,
  );
  const gap = ' '.repeat(INDENT + TIME);
  yield `${' '.repeat(INDENT)}${paint('dim', at)}${first}\n`;
  for (const line of rest) yield `${gap}${line}\n`;
  const said = [EVIDENCE[evidence], ...POLICY[policy], ...(outcome === 'ok' ? [] : [outcome])];
  const showed = signs.length === 0 ? '' : `: ${signs.join(', ')}`;
  const style: Style = signs.length === 0 ? 'dim' : 'yellow';
  for (const line of toLines(`${said.join(', ')}${showed}`, WIDTH - INDENT - TIME)) {
    yield `${gap}${paint(style, line)}\n`;
  }
}

const EVIDENCE = {
  authenticated: 'authenticated',
  asserted: 'asserted',
  none: 'caller unknown',
} as const;
const POLICY = {
  declared: ['declared'],
  undeclared: ['undeclared'],
  forbidden: ['forbidden'],
  unknown: [],
} as const;

/** Who calls whom, an edge a line. */
export function toEdgeTable(edges: readonly Omit<GraphEdge, 'endpoints'>[]): string {
  return toTable(edges, [
    { title: 'FROM', value: ({ from }) => nameOf(from), shrinks: 'path' },
    { title: 'TO', value: ({ to }) => to, shrinks: 'path' },
    { title: 'REQUESTS', value: ({ requests }) => grouped(requests) },
    { title: 'FAILED', value: ({ failed }) => toCount(failed) },
    { title: 'DENIED', value: ({ denied }) => toCount(denied) },
    { title: 'P99 MS', value: ({ p99Milliseconds }) => toMilliseconds(p99Milliseconds) },
    { title: 'EVIDENCE', value: ({ evidence }) => evidence },
  ]);
}

export function nameOf(service: string): string {
  return service === '*' ? 'outside' : service;
}

/** Nothing where there is none. */
export function toCount(count: number): string | null {
  return count === 0 ? null : grouped(count);
}

export function toMilliseconds(time: number): string {
  return time >= 10 ? grouped(Math.round(time)) : time.toFixed(1);
}

/** Foreign text in lines of so many characters; words that are longer are cut. */
export function toLines(text: string, width: number): string[] {
  return wrap(plain(text), width).map((line) =>
    line.length <= width ? line : `${line.slice(0, width - 1)}…`,
  );
}

/** Foreign text, indented. */
export function* toBlock(text: string, style = (line: string) => line): Generator<string> {
  for (const line of toLines(text, WIDTH - INDENT)) yield `${' '.repeat(INDENT)}${style(line)}\n`;
}
