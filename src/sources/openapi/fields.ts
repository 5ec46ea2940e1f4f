import { isFields, pick, textAt } from '../../base/pick.ts';
import { childNode, childNodes, type DataNode } from '../data-node.ts';
import { detached } from '../detached.ts';
import type { References } from '../references.ts';
import { MAX_FIELDS, type SchemaFields } from '../schema-fields.ts';
import type { SharedLists } from './shared-lists.ts';

/** What an operation takes and gives, by name. */
export interface OperationNames {
  /** Parameters and fields of the request and the responses, in the order of the document, parameters
   *  first; at most `MAX_FIELDS`. */
  readonly fields: readonly string[];
  /** Query, header and path parameters alone, sorted. */
  readonly parameters: readonly string[];
  /** Status codes, `4XX` and `default` among them, sorted. */
  readonly responses: readonly string[];
}

export interface NameTools {
  readonly references: References;
  readonly schemas: SchemaFields;
  readonly lists: SharedLists;
}

export function operationNames(
  pathItem: DataNode,
  operation: DataNode,
  { references, schemas, lists }: NameTools,
): OperationNames {
  const names = new Set<string>();
  const parameters = new Set<string>();
  const followed = (node: DataNode): DataNode | undefined =>
    node.value === undefined ? undefined : references.follow(node);
  const content = (holder: DataNode): void => {
    for (const media of childNodes(childNode(holder, 'content'))) {
      const target = followed(media);
      if (target) schemas.collect(childNode(target, 'schema'), names);
    }
  };
  for (const holder of [pathItem, operation]) {
    for (const item of childNodes(childNode(holder, 'parameters'))) {
      const parameter = followed(item);
      if (parameter) addParameter(parameter, schemas, names, parameters);
    }
  }
  const body = followed(childNode(operation, 'requestBody'));
  if (body) content(body);
  for (const item of childNodes(childNode(operation, 'responses'))) {
    if (names.size >= MAX_FIELDS) break;
    const response = followed(item);
    if (!response) continue;
    content(response);
    // Swagger 2.0 has the schema in the response itself.
    schemas.collect(childNode(response, 'schema'), names);
  }
  return {
    fields: [...names],
    parameters: lists.share([...parameters].sort()),
    responses: lists.share(codesOf(operation)),
  };
}

/** Status codes declared for one operation; real ones have a handful. */
const MAX_RESPONSES = 100;
const CODE = /^(?:[1-5](?:\d\d|XX)|DEFAULT)$/;

/** @see OpenAPI 3.1 §4.8.16 (Responses Object): codes, ranges of them, and `default` */
function codesOf(operation: DataNode): string[] {
  const responses = pick(operation.value, 'responses');
  if (!isFields(responses)) return [];
  const codes = new Set<string>();
  for (const key of Object.keys(responses)) {
    const code = key.length > 7 ? '' : key.toUpperCase();
    if (CODE.test(code)) codes.add(code === 'DEFAULT' ? 'default' : code);
    if (codes.size >= MAX_RESPONSES) break;
  }
  return [...codes].sort();
}

/** Where parameters stand that are a part of the address or the head of a request. */
const OUTSIDE_BODY = new Set(['query', 'header', 'path']);

function addParameter(
  parameter: DataNode,
  schemas: SchemaFields,
  names: Set<string>,
  parameters: Set<string>,
): void {
  const schema = childNode(parameter, 'schema');
  const place = textAt(parameter.value, 'in') ?? '';
  const isBody = place === 'body';
  const name = textAt(parameter.value, 'name');
  if (name !== undefined && OUTSIDE_BODY.has(place) && parameters.size < MAX_FIELDS) {
    parameters.add(detached(name));
  }
  if (name !== undefined && !isBody && names.size < MAX_FIELDS) {
    // Swagger 2.0 has the format beside the name.
    names.add(schemas.label(detached(name), schema.value === undefined ? parameter : schema));
  }
  if (isBody) schemas.collect(schema, names);
}
