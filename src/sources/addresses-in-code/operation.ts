import { toTemplates } from '../code/template.ts';

/** What is called in front of a URL, and the method that it sends. */
const CALLS =
  /\b(?:(get|post|put|patch|delete|head)(?:ForObject|ForEntity|Async|AsJsonAsync|FromJsonAsync|JsonAsync)?|(?:fetch|urlopen))\s{0,4}(?:<[\w.<>[\]]{0,60}>)?\(\s{0,4}(?:[\w.]{1,40},\s{0,4})?[$@furbFURB]{0,2}["'`]$/i;
/** Methods named as a first argument: `http.NewRequest("GET", "http://…")`. */
const NAMED_METHOD =
  /\b(?:NewRequest|NewRequestWithContext|request|Request)\s{0,4}\((?:\s{0,4}[\w.]{1,40}\(?\)?,)?\s{0,4}(?:["'](GET|POST|PUT|PATCH|DELETE|HEAD)["']|http\.Method(\w+)),\s{0,4}[fF]?["'`]$/i;

/** `GET /customers/{id}` for a URL at `offset` of a line, where the call around it says the method and
 *  the literal holds the whole path. */
export function operationOf(line: string, offset: number, url: string): string | undefined {
  const before = line.slice(Math.max(0, offset - 200), offset);
  const call = CALLS.exec(before);
  const named = call ? undefined : NAMED_METHOD.exec(before);
  // fetch may be told another method behind the URL.
  const isPlainFetch = call?.[1] === undefined && !/^[^)]*\bmethod\b/.test(line.slice(offset));
  const method = call
    ? (call[1] ?? (isPlainFetch ? 'GET' : undefined))
    : (named?.[1] ?? named?.[2]);
  const path = pathOf(url);
  if (method === undefined || path === undefined || !isWhole(line, offset + url.length)) {
    return undefined;
  }
  return `${method.toUpperCase()} ${path}`;
}

/** The literal ends with the URL, and nothing is put behind it. */
function isWhole(line: string, end: number): boolean {
  return /^["'`]\s*(?:[,);]|$)/.test(line.slice(end));
}

function pathOf(url: string): string | undefined {
  const path = /^[a-z][a-z0-9+.-]*:\/\/[^/]+(\/[^?#]*)?/i.exec(url)?.[1] ?? '/';
  // `${user.id}`, `{id}`, `:id` and `%s` are parameters.
  const braced = path
    .replaceAll(/\$\{([^{}]*)\}|\{([^{}]*)\}/g, (_, a?: string, b?: string) => {
      const name = /(\w+)\W*$/.exec(a ?? b ?? '')?.[1];
      return `{${name ?? 'param'}}`;
    })
    .replaceAll(/%[sdv]/g, '{param}');
  if (/[^\w/{}.~:@!*+-]/.test(braced)) return undefined;
  return toTemplates(braced, 'brace')[0];
}
