import { createRequire } from 'node:module';
import type { Position } from '../../base/text.ts';
import type { ReadContext, Reader, SourceFile } from '../reader.ts';
import { embeddedSchemas } from './embedded.ts';
import { TypeFields } from './fields.ts';
import { RootTypes, type SchemaFile } from './roots.ts';
import type { Schema, SchemaField } from './schema.ts';

const SCHEMA_FILE = /\.(?:graphqls?|gql)$/i;
const CODE_FILE = /\.[cm]?[jt]sx?$/i;
/** Schemas written for tests are nobody's endpoints. */
const TEST_FILE = /(?:^|\/)(?:__tests__|__mocks__|tests?|spec)\/|[._-](?:test|spec)\.[^/.]+$/i;
const MAX_FIELDS_KEPT = 500_000;

const require = createRequire(import.meta.url);

/** Loads the parser with the first schema: most folders have none. */
function readSchema(text: string): Schema {
  const { readSchema: read }: typeof import('./schema.ts') = require('./schema.ts');
  return read(text);
}

/** Reads the root fields of GraphQL schemas, in files of their own and in template literals. */
export const graphql: Reader = {
  name: 'graphql',
  wants: (path) => SCHEMA_FILE.test(path) || (CODE_FILE.test(path) && !TEST_FILE.test(path)),
  start: (context) => {
    const keeper = new Keeper(context);
    return {
      read: (file) => {
        if (SCHEMA_FILE.test(file.path)) readSchemaFile(file, keeper);
        else readCodeFile(file, keeper);
      },
      finish: () => observeAll(keeper.files, context),
    };
  },
};

function readSchemaFile(file: SourceFile, keeper: Keeper): void {
  if (file.isBinary || file.text.trim() === '') return;
  const read = readSchema(file.text);
  for (const problem of read.problems) keeper.report(file.path, problem.message, problem);
  keeper.keep(file.path, read);
}

function readCodeFile(file: SourceFile, keeper: Keeper): void {
  for (const { text, start, tagged } of embeddedSchemas(file)) {
    const read = readSchema(text);
    // Text that only looks like a schema is not read around its mistakes.
    if (!tagged && read.problems.length > 0) continue;
    for (const problem of read.problems) {
      keeper.report(file.path, problem.message, shifted(problem, start));
    }
    keeper.keep(file.path, moved(read, start));
  }
}

function moved(schema: Schema, start: Position): Schema {
  const types = schema.types.map((type) => {
    const fields = type.fields.map((field) => ({ ...field, ...shifted(field, start) }));
    return { ...type, fields };
  });
  return { ...schema, types };
}

function shifted({ line, column }: Position, start: Position): Position {
  return {
    line: start.line + line - 1,
    column: line === 1 ? start.column + column - 1 : column,
  };
}

/** Keeps schemas until all are read, within a bound. */
class Keeper {
  readonly files: SchemaFile[] = [];
  readonly #context: ReadContext;
  #fieldsLeft = MAX_FIELDS_KEPT;

  constructor(context: ReadContext) {
    this.#context = context;
  }

  keep(path: string, schema: Schema): void {
    this.#fieldsLeft -= schema.types.reduce((sum, type) => sum + type.fields.length, 0);
    if (this.#fieldsLeft >= 0) this.files.push({ path, schema });
    else {
      const message = `more than ${MAX_FIELDS_KEPT} fields in the schemas of this folder; this one was not read`;
      this.#context.report({ severity: 'warning', code: 'graphql/too-large', message, file: path });
    }
  }

  report(file: string, message: string, { line, column }: Position): void {
    const code = 'graphql/malformed';
    this.#context.report({ severity: 'error', code, message, file, line, column });
  }
}

function observeAll(files: readonly SchemaFile[], context: ReadContext): void {
  const roots = new RootTypes(files);
  const typeFields = new TypeFields(files);
  for (const { path, schema } of files) {
    for (const type of schema.types) {
      const operation = roots.operationOf(type.name, path);
      if (operation === undefined) continue;
      for (const field of type.fields) {
        observeField(path, operation.toUpperCase(), field, typeFields, context);
      }
    }
  }
}

function observeField(
  path: string,
  method: string,
  field: SchemaField,
  typeFields: TypeFields,
  context: ReadContext,
): void {
  const fields = typeFields.of(field, path);
  const { line, column } = field;
  context.observe({
    kind: 'endpoint',
    source: { reader: 'graphql', how: 'declared', file: path, line, column },
    subject: { by: 'place', file: path },
    protocol: 'graphql',
    method,
    template: field.name,
    ...(field.deprecated && { deprecated: true }),
    ...(fields.length > 0 && { fields }),
    ...(field.secured && { security: 'required' }),
  });
}
