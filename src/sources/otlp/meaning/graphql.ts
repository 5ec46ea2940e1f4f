import type { FragmentDefinitionNode, SelectionSetNode } from 'graphql';
import { type DocumentNode, Kind, type OperationDefinitionNode, parse } from 'graphql';

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
    (definition) => definition.kind === Kind.OPERATION_DEFINITION,
  );
  const operation = operations.find((one) => one.name?.value === name) ?? only(operations, name);
  if (operation === undefined) return undefined;
  const fragments = new Map(
    parsed.definitions
      .filter((definition) => definition.kind === Kind.FRAGMENT_DEFINITION)
      .map((fragment) => [fragment.name.value, fragment]),
  );
  const fields = new Set<string>();
  addFields(operation.selectionSet, fragments, fields);
  return { method: operation.operation.toUpperCase(), fields: [...fields] };
}

function parseQuietly(document: string): DocumentNode | undefined {
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
    if (selection.kind === Kind.FIELD) {
      if (!selection.name.value.startsWith('__')) into.add(selection.name.value);
    } else if (selection.kind === Kind.INLINE_FRAGMENT) {
      addFields(selection.selectionSet, fragments, into);
    } else {
      const fragment = fragments.get(selection.name.value);
      fragments.delete(selection.name.value);
      if (fragment !== undefined) addFields(fragment.selectionSet, fragments, into);
    }
  }
}
