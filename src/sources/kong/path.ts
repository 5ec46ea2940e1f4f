import type { Route } from '../../estate/index.ts';

/** Where a path of a route leads. */
export interface KongPath {
  /** As configured, without the `~` of a regular expression. */
  readonly path: string;
  readonly match: Route['match'];
  /** What the service sees, where that differs. */
  readonly rewrittenTo: string | undefined;
  /** The one path that the service sees, parameters as `{name}`; undefined where there are many. */
  readonly template: string | undefined;
}

/** Reads a path of a route. It is a prefix unless it is a regular expression: since format 3.0 by a
 *  `~` before it, until then by its characters. `strip_path` takes what matched away, and the
 *  service's own path comes before the rest.
 *  @see https://developer.konghq.com/gateway/entities/route/ */
export function readPath(
  text: string,
  servicePath: string,
  strips: boolean,
  formatVersion: number,
): KongPath {
  const isMarked = text.startsWith('~');
  const isRegex = isMarked || (formatVersion < 3 && /[^A-Za-z0-9._~/%-]/.test(text));
  const path = isMarked ? text.slice(1) : text;
  const base = servicePath.replace(/\/$/, '');
  if (!isRegex) {
    const seen = strips ? base || '/' : base + path;
    const rewrittenTo = seen === path ? undefined : seen;
    return { path, match: 'prefix', rewrittenTo, template: undefined };
  }
  const template = templateOf(path);
  const seen = strips ? base || '/' : template === undefined ? undefined : base + template;
  const rewrittenTo = strips || base !== '' ? seen : undefined;
  return {
    path,
    match: 'pattern',
    rewrittenTo,
    template: template === undefined ? undefined : seen,
  };
}

const CLASS = String.raw`(?:\[\^?[^\]]{1,100}\]|\\[dwSDW]|\.)(?:[+*]|\{\d{1,4}(?:,\d{0,4})?\})`;
const TOKENS: readonly [pattern: RegExp, toText: (match: string[], count: number) => string][] = [
  [new RegExp(String.raw`\(\?P?<([A-Za-z_]\w{0,63})>${CLASS}\)`, 'y'), ([, name]) => `{${name}}`],
  [new RegExp(String.raw`\(${CLASS}\)`, 'y'), (_, count) => `{param${count}}`],
  [new RegExp(CLASS, 'y'), (_, count) => `{param${count}}`],
  [/\\([./\-_~])/y, ([, literal]) => literal ?? ''],
  [/[A-Za-z0-9/_\-~%.:@]/y, ([literal]) => literal ?? ''],
];

/** The template of a regular expression for one path (`/orders/(?<id>[^/]+)$`); undefined where it
 *  does not end, or says more than names and values. */
function templateOf(regex: string): string | undefined {
  if (!regex.endsWith('$') || regex.length > 1_024) return undefined;
  const body = regex.slice(regex.startsWith('^') ? 1 : 0, -1);
  let template = '';
  let count = 1;
  for (let offset = 0; offset < body.length; ) {
    const token = nextToken(body, offset, count);
    if (!token) return undefined;
    template += token.text;
    if (token.text.startsWith('{param')) count += 1;
    offset = token.end;
  }
  return template.startsWith('/') ? template : undefined;
}

function nextToken(body: string, offset: number, count: number) {
  for (const [pattern, toText] of TOKENS) {
    pattern.lastIndex = offset;
    const match = pattern.exec(body);
    if (match) return { text: toText([...match], count), end: pattern.lastIndex };
  }
  return undefined;
}
