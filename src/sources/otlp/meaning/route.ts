/** The longest route and the longest path that are taken. */
export const MAX_ROUTE_LENGTH = 512;
export const MAX_PATH_BYTES = 2_048;

/** A route as frameworks write it, as a template with parameters as `{name}`; undefined for what is
 *  none. Known are `:id` (Express, Rails, Gin), `{id}` with constraints (JAX-RS, ASP.NET, FastAPI),
 *  `<int:id>` (Flask, Django), `(?P<id>…)` (Django), `[id]` (Next.js) and `*` for the rest. */
export function toRouteTemplate(route: string): string | undefined {
  const path = route.replace(/^[A-Z]{1,20} /, '');
  if (path.length > MAX_ROUTE_LENGTH || hasControl(path)) return undefined;
  const plain = path.replace(/^\^/, '').replace(/\$$/, '').replaceAll('(.:format)', '');
  const named = nameParameters(plain.startsWith('/') ? plain : `/${plain}`);
  const bare = named.split(/[?#]/, 1)[0] ?? '';
  const segments = bare
    .replace(/\/{2,}/g, '/')
    .split('/')
    .map(toSegment);
  const template = segments.join('/');
  return template.length > 1 && template.endsWith('/') ? template.slice(0, -1) : template;
}

/** Whether a request's path can be kept: it starts with `/` and holds no control characters. */
export function isUsablePath(path: string): boolean {
  return path.startsWith('/') && !hasControl(path);
}

/** A route that stands for all that found no route of its own says nothing of the request. */
export function isCatchAll(bytes: Uint8Array, start: number, end: number): boolean {
  if (end - start > 3) return false;
  for (let at = start; at < end; at++) {
    if (bytes[at] !== SLASH && bytes[at] !== STAR) return false;
  }
  return true;
}
const SLASH = 0x2f;
const STAR = 0x2a;

const NAME = /[A-Za-z_][\w.-]*/y;
const WORD = /[A-Za-z_]\w*/y;

/** Parameters anywhere in a segment. Every step moves on by what it has read, so this is linear. */
function nameParameters(route: string): string {
  let named = '';
  for (let at = 0; at < route.length; ) {
    const found =
      bracedAt(route, at) ?? groupAt(route, at) ?? angledAt(route, at) ?? colonAt(route, at);
    if (found) {
      named += `{${found.name}}`;
      at = found.end;
    } else if (route[at] === '\\' && at + 1 < route.length) {
      named += route[at + 1];
      at += 2;
    } else named += route[at++];
  }
  return named;
}

interface Parameter {
  readonly name: string;
  readonly end: number;
}

/** `{id}`, `{id:[0-9]{3}}`, `{id=*}`, `{*path}`, `{id?}` */
function bracedAt(route: string, at: number): Parameter | undefined {
  if (route[at] !== '{') return undefined;
  const end = closing(route, at, '{', '}');
  let start = at + 1;
  while (route[start] === '*') start++;
  const name = match(NAME, route, start);
  return end !== undefined && name !== undefined ? { name, end } : undefined;
}

/** `(?P<id>[0-9]+)` */
function groupAt(route: string, at: number): Parameter | undefined {
  if (!route.startsWith('(?P<', at) && !route.startsWith('(?<', at)) return undefined;
  const end = closing(route, at, '(', ')');
  const name = match(WORD, route, route.indexOf('<', at) + 1);
  return end !== undefined && name !== undefined ? { name, end } : undefined;
}

/** `<id>`, `<int:id>` */
function angledAt(route: string, at: number): Parameter | undefined {
  if (route[at] !== '<') return undefined;
  const end = route.indexOf('>', at);
  const name = /^(?:[a-z]+:)?([A-Za-z_]\w*)$/.exec(route.slice(at + 1, Math.max(at, end)))?.[1];
  return name === undefined ? undefined : { name, end: end + 1 };
}

/** `:id`, `:id?`, `:id(\\d+)`; behind a letter or a parameter a colon is part of a name (`{id}:cancel`). */
function colonAt(route: string, at: number): Parameter | undefined {
  if (route[at] !== ':' || !/[/.,~-]/.test(route[at - 1] ?? '')) return undefined;
  const name = match(WORD, route, at + 1);
  if (name === undefined) return undefined;
  let end = at + 1 + name.length;
  if (route[end] === '(') end = closing(route, end, '(', ')') ?? end;
  if (/[?*+]/.test(route[end] ?? '')) end++;
  return { name, end };
}

/** Behind the bracket that closes the one at `at`. */
function closing(route: string, at: number, open: string, close: string): number | undefined {
  let depth = 0;
  for (let index = at; index < route.length; index++) {
    if (route[index] === '\\') index++;
    else if (route[index] === open) depth++;
    else if (route[index] === close && --depth === 0) return index + 1;
  }
  return undefined;
}

function match(pattern: RegExp, text: string, at: number): string | undefined {
  pattern.lastIndex = at;
  return pattern.exec(text)?.[0];
}

/** Segments that are a parameter as a whole: `*`, `*path`, `[id]`, `[...slug]`. */
function toSegment(segment: string): string {
  if (segment === '*' || segment === '**') return '{rest}';
  const name =
    /^\*([A-Za-z_]\w*)$/.exec(segment) ?? /^\[{1,2}(?:\.{3})?([A-Za-z_]\w*)\]{1,2}$/.exec(segment);
  return name ? `{${name[1]}}` : segment;
}

function hasControl(text: string): boolean {
  for (let index = 0; index < text.length; index++) {
    const code = text.charCodeAt(index);
    if (code <= 0x20 || code === 0x7f) return true;
  }
  return false;
}
