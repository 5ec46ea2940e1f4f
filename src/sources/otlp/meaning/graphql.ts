import { createRequire } from 'node:module';
import type {
  DocumentNode,
  FragmentDefinitionNode,
  OperationDefinitionNode,
  SelectionSetNode,
} from 'graphql';

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
  const fragments = new Map(
    parsed.definitions
      .filter((definition) => definition.kind === 'FragmentDefinition')
      .map((fragment) => [fragment.name.value, fragment]),
  );
  const fields = new Set<string>();
  addFields(operation.selectionSet, fragments, fields);
  return { method: operation.operation.toUpperCase(), fields: [...fields] };
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

/** A fragment is taken up once, so that fragments in a circle end. */
function addFields(
  { selections }: SelectionSetNode,
  fragments: Map<string, FragmentDefinitionNode>,
  into: Set<string>,
): void {
  for (const selection of selections) {
    if (into.size >= MAX_FIELDS) return;
    if (selection.kind === 'Field') {
      if (!selection.name.value.startsWith('__')) into.add(selection.name.value);
    } else if (selection.kind === 'InlineFragment') {
      addFields(selection.selectionSet, fragments, into);
    } else {
      const fragment = fragments.get(selection.name.value);
      fragments.delete(selection.name.value);
      if (fragment !== undefined) addFields(fragment.selectionSet, fragments, into);
    }
  }
}
