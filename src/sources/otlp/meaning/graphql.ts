import { createRequire } from 'node:module';
import type { DocumentNode, OperationDefinitionNode } from 'graphql';
import { rootFieldsOf } from '../../graphql/root-fields.ts';

export const MAX_DOCUMENT_BYTES = 16 * 1024;
const MAX_TOKENS = 4_000;
const MAX_FIELDS = 64;

/** What a GraphQL request asks for: the fields of the root type, which are its endpoints. */
export interface GraphqlOperation {
  /** `QUERY`, `MUTATION`, `SUBSCRIPTION` */
  readonly method: string;
  readonly fields: readonly string[];
}

/** The operation of a document, of several the one of this name; undefined where the document is
 *  malformed or has no such operation. Introspection is no field of the schema's own.
 *  @see GraphQL specification, October 2021, §2.3 and §6.1 */
export function graphqlOperation(document: string, name: string): GraphqlOperation | undefined {
  const parsed = parseQuietly(document);
  if (parsed === undefined) return undefined;
  const operations = parsed.definitions.filter(
    (definition) => definition.kind === 'OperationDefinition',
  );
  const operation = operations.find((one) => one.name?.value === name) ?? only(operations, name);
  if (operation === undefined) return undefined;
  const fields = rootFieldsOf(parsed, operation, MAX_FIELDS);
  return { method: operation.operation.toUpperCase(), fields };
}

const require = createRequire(import.meta.url);

/** Loaded with the first document: most estates have none. */
function parser(): typeof import('graphql') {
  return require('graphql');
}

function parseQuietly(document: string): DocumentNode | undefined {
  const { parse } = parser();
  try {
    return parse(document, { noLocation: true, maxTokens: MAX_TOKENS });
  } catch {
    return undefined;
  }
}

/** Instrumentations name operations that the document leaves anonymous. */
function only(
  operations: readonly OperationDefinitionNode[],
  name: string,
): OperationDefinitionNode | undefined {
  const [first] = operations;
  if (operations.length !== 1 || first === undefined) return undefined;
  return name === '' || first.name === undefined ? first : undefined;
}
