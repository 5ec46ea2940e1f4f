import { textAt } from '../../base/pick.ts';
import { childNode, childNodes, type DataNode } from '../data-node.ts';
import { detached } from '../detached.ts';
import type { References } from '../references.ts';
import { MAX_FIELDS, type SchemaFields } from '../schema-fields.ts';

/** Names of an operation's parameters and of the fields of its request and responses, in the order
 *  of the document, parameters first; at most `MAX_FIELDS`. */
export function operationFields(
  pathItem: DataNode,
  operation: DataNode,
  references: References,
  schemas: SchemaFields,
): readonly string[] {
  const names = new Set<string>();
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
      if (parameter) addParameter(parameter, schemas, names);
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
  return [...names];
}

function addParameter(parameter: DataNode, schemas: SchemaFields, names: Set<string>): void {
  const schema = childNode(parameter, 'schema');
  const isBody = textAt(parameter.value, 'in') === 'body';
  const name = textAt(parameter.value, 'name');
  if (name !== undefined && !isBody && names.size < MAX_FIELDS) {
    // Swagger 2.0 has the format beside the name.
    names.add(schemas.label(detached(name), schema.value === undefined ? parameter : schema));
  }
  if (isBody) schemas.collect(schema, names);
}
