import { PlaceRows } from './place-rows.ts';

const QUOTE = 0x22;
const BACKSLASH = 0x5c;

/** Finds the places in a text that is known to be JSON, and how deep it is nested. Stops early,
 *  with rows that must not be used, where it is deeper than `maxDepth`. */
export function jsonRows(text: string, maxDepth: number): { rows: PlaceRows; depth: number } {
  const rows = new PlaceRows(text.length >> 5, (offset) => {
    return JSON.parse(text.slice(offset, stringEnd(text, offset))) as string;
  });
  /** Rows of the collections around, and whether each is a mapping. */
  const open: number[] = [];
  const isMapping: boolean[] = [];
  let depth = 0;
  let key = -1;
  let expectsKey = false;
  for (let at = 0; at < text.length; ) {
    switch (text.charCodeAt(at)) {
      case 0x09:
      case 0x0a:
      case 0x0d:
      case 0x20:
      case 0x3a: // `:`
      case 0xfeff:
        at++;
        break;
      case 0x2c: // `,`
        expectsKey = isMapping.at(-1) === true;
        at++;
        break;
      case 0x5b: // `[`
      case 0x7b: {
        const isObject = text.charCodeAt(at) === 0x7b;
        open.push(rows.add(at, key));
        isMapping.push(isObject);
        if (open.length > depth) depth = open.length;
        if (depth > maxDepth + 1) return { rows, depth };
        key = -1;
        expectsKey = isObject;
        at++;
        break;
      }
      case 0x5d: // `]`
      case 0x7d:
        rows.close(open.pop() ?? 0);
        isMapping.pop();
        expectsKey = false;
        at++;
        break;
      case QUOTE:
        if (expectsKey) {
          key = at;
          expectsKey = false;
        } else {
          rows.close(rows.add(at, key));
          key = -1;
        }
        at = stringEnd(text, at);
        break;
      default:
        rows.close(rows.add(at, key));
        key = -1;
        at = wordEnd(text, at);
    }
  }
  return { rows, depth };
}

/** The offset behind the string that begins at `start`. A quote behind an odd number of backslashes
 *  does not end it. */
function stringEnd(text: string, start: number): number {
  let from = start + 1;
  for (;;) {
    const quote = text.indexOf('"', from);
    if (quote === -1) return text.length;
    let backslashes = 0;
    while (quote - backslashes > from && text.charCodeAt(quote - backslashes - 1) === BACKSLASH) {
      backslashes++;
    }
    if (backslashes % 2 === 0) return quote + 1;
    from = quote + 1;
  }
}

/** The offset behind the number or word that begins at `start`. */
function wordEnd(text: string, start: number): number {
  let at = start + 1;
  while (at < text.length && !',]} \t\r\n'.includes(text.charAt(at))) at++;
  return at;
}
