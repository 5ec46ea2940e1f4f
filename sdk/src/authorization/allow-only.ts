import type { Caller } from '../caller.ts';
import { quote } from '../error.ts';
import { ALLOWED, type Authorize, denied, type Question } from './decision.ts';
import { withoutLastSlash } from './route-template.ts';
import { type Row, readTable, segmentsOf, shapeOf, type Table } from './table.ts';

/** Allows what a table says, and denies everything else.
 *
 *  Where the framework knows the route, the row of that template decides, whatever its parameters are
 *  called. Where it does not (middleware before routing), every row that the path may belong to must
 *  allow: whichever of them the framework then takes, its row was asked. `HEAD` goes by `GET` where it
 *  has no row of its own.
 *  @throws {ReeveError} `authorization/table-invalid` */
export function allowOnly(table: Table): Authorize {
  const rows = readTable(table);
  const byShape = new Map(rows.map((row) => [`${row.method} ${row.shape}`, row]));
  return (question) => {
    const found = rowsOf(question, rows, byShape);
    if (found.length === 0) return denied(`nothing is allowed to call ${nameOf(question)}`);
    const no = found.find((row) => !allows(row, question.caller));
    if (no === undefined) return ALLOWED;
    const who = question.caller ? quote(question.caller.spiffeId, 300) : 'who proves nothing';
    return denied(`${who} is not allowed to call ${quote(no.operation, 300)}`);
  };
}

function rowsOf(
  question: Question,
  rows: readonly Row[],
  byShape: ReadonlyMap<string, Row>,
): readonly Row[] {
  const { method, template } = question;
  if (template !== undefined) {
    const shape = shapeOf(withoutLastSlash(template));
    const row = byShape.get(`${method} ${shape}`) ?? byShape.get(`${goesBy(method)} ${shape}`);
    return row ? [row] : [];
  }
  const parts = readingsOf(question.path);
  const isAsked = (row: Row): boolean =>
    row.method === method ||
    (row.method === goesBy(method) && !byShape.has(`${method} ${row.shape}`));
  return rows.filter((row) => isAsked(row) && mayTake(row, parts));
}

const goesBy = (method: string): string => (method === 'HEAD' ? 'GET' : method);

/** Whether a router could take this path for this row: routers differ in whether case, a slash at the
 *  end and percent-encoding count, so none of them does. */
function mayTake({ segments, takesRest }: Row, parts: readonly Readings[]): boolean {
  if (takesRest ? parts.length < segments.length : parts.length !== segments.length) return false;
  return segments.every((wanted, index) => wanted === undefined || parts[index]?.includes(wanted));
}

/** A part of a path as one router or another reads it, in lower case. */
type Readings = readonly (string | undefined)[];

const readingsOf = (path: string): Readings[] =>
  segmentsOf(withoutLastSlash(path)).map((part) => [part.toLowerCase(), decoded(part)]);

function decoded(part: string): string | undefined {
  try {
    return decodeURIComponent(part).toLowerCase();
  } catch {
    return undefined;
  }
}

const allows = (row: Row, caller: Caller | undefined): boolean =>
  row.anyone ||
  (caller !== undefined &&
    (row.ids.has(caller.spiffeId) ||
      row.below.some((prefix) => caller.spiffeId.startsWith(prefix))));

const nameOf = ({ method, template, path }: Question): string =>
  quote(`${method} ${template ?? path}`, 300);
