import { quote, ReeveError } from '../error.ts';
import { parseSpiffeId } from '../spiffe-id.ts';
import { withoutLastSlash } from './route-template.ts';

/** In a table: also who proved nothing, where `optional` lets them come. */
export const ANYONE = 'anyone';

/** A row: one operation, and who may call it. */
export interface Row {
  /** As written: `GET /orders/{id}`. */
  readonly operation: string;
  readonly method: string;
  /** Without names of parameters: rows and routes are compared by it. */
  readonly shape: string;
  /** Lower case; undefined for a parameter. The last may stand for the rest of a path. */
  readonly segments: readonly (string | undefined)[];
  readonly takesRest: boolean;
  /** Whole SPIFFE IDs. */
  readonly ids: ReadonlySet<string>;
  /** With the slash: `spiffe://example.org/ns/shop/`. */
  readonly below: readonly string[];
  readonly anyone: boolean;
}

/** `GET /orders/{id}` to SPIFFE IDs; `spiffe://example.org/ns/shop/*` is every one below, and
 *  `spiffe://example.org/*` every one of the trust domain. */
export type Table = Readonly<Record<string, readonly string[]>>;

const OPERATION = /^([A-Z][A-Z-]{0,30}) (\/\S*)$/;
const PARAMETER = /\{([\w$-]+)(\.{3})?\}/g;
const REST = /\{[\w$-]+\.{3}\}$/;

/** Reads a table, whole or not at all.
 *  @throws {ReeveError} `authorization/table-invalid` */
export function readTable(table: Table): readonly Row[] {
  const rows = Object.entries(table).map(([operation, callers]) => readRow(operation, callers));
  const seen = new Map<string, string>();
  for (const { method, shape, operation } of rows) {
    const key = `${method} ${shape}`;
    const other = seen.get(key);
    if (other !== undefined) {
      throw flawed(`${quote(operation)} and ${quote(other)} are the same operation`);
    }
    seen.set(key, operation);
  }
  return rows;
}

function readRow(operation: string, callers: readonly string[]): Row {
  const [, method, path] = OPERATION.exec(operation) ?? [];
  if (method === undefined || path === undefined) {
    throw flawed(`${quote(operation)} is not a method and a path template`);
  }
  const template = withoutLastSlash(path);
  const shape = shapeOf(template);
  if (/[{}]/.test(shape.replaceAll('{}', '')) || /[:*?#]/.test(shape)) {
    throw flawed(`${quote(operation)} has parameters that are not written as {name}`);
  }
  if (/\.{3}\}./.test(template)) {
    throw flawed(`${quote(operation)} takes the rest of a path, which only the last part can`);
  }
  if (!Array.isArray(callers)) throw flawed(`the callers of ${quote(operation)} are not a list`);
  const segments = segmentsOf(template).map((text) =>
    text.includes('{') ? undefined : text.toLowerCase(),
  );
  return {
    operation,
    method,
    shape,
    segments,
    takesRest: REST.test(template),
    ids: new Set(callers.filter((id) => !isPattern(id)).map((id) => idOf(id, operation))),
    below: callers.filter((id) => id.endsWith('/*')).map((id) => prefixOf(id, operation)),
    anyone: callers.includes(ANYONE),
  };
}

const isPattern = (text: string): boolean => text === ANYONE || text.endsWith('/*');

function idOf(text: string, operation: string): string {
  const { path, spiffeId } = parsed(text, operation);
  if (path === '') {
    throw flawed(
      `${quote(text)}, a caller of ${quote(operation)}, names a trust domain, not a workload`,
    );
  }
  return spiffeId;
}

const prefixOf = (text: string, operation: string): string =>
  `${parsed(text.slice(0, -2), operation).spiffeId}/`;

function parsed(text: string, operation: string) {
  try {
    return parseSpiffeId(text);
  } catch (cause) {
    throw flawed(
      `${quote(text)}, a caller of ${quote(operation)}, is not a SPIFFE ID, nor the part of one before /*`,
      cause,
    );
  }
}

const flawed = (why: string, cause?: unknown) =>
  new ReeveError('authorization/table-invalid', `the table allows nobody: ${why}`, {
    hint: `write rows as 'GET /orders/{id}': ['spiffe://example.org/ns/shop/sa/web']`,
    cause,
  });

/** A template without the names of its parameters. */
export const shapeOf = (template: string): string => template.replace(PARAMETER, '{}');

export const segmentsOf = (path: string): string[] => path.slice(1).split('/');
