import { quote, ReeveError } from '../error.ts';

const ENTRY = /^(?:([A-Z][A-Z-]{0,30}) )?(\/[^\s?#]*)$/;

/** Which requests need no caller: exact paths, for `GET` and `HEAD` or the method in front.
 *  @throws {ReeveError} `middleware/options-invalid` */
export function readPublicPaths(
  entries: readonly string[] = [],
): (method: string, path: string) => boolean {
  const open = new Set(entries.flatMap(readEntry));
  return (method, path) => open.has(`${method} ${path}`);
}

function readEntry(entry: string): string[] {
  const [, method, path] = ENTRY.exec(entry) ?? [];
  if (path === undefined || /[*{}]/.test(path)) {
    throw new ReeveError(
      'middleware/options-invalid',
      `${quote(entry)} in \`public\` is not one path`,
      { hint: 'write each path whole, as /healthz or POST /hooks/deploy' },
    );
  }
  return (method === undefined ? ['GET', 'HEAD'] : [method]).map((of) => `${of} ${path}`);
}
