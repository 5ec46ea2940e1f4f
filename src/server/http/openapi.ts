import { z } from 'zod';
import { PERMISSIONS } from '../auth/roles.ts';
import type { Access, Operation } from './operation.ts';
import { Problem } from './problem.ts';

/** Schemas that the document names once and refers to. */
export type NamedSchemas = Readonly<Record<string, z.ZodType>>;

/** The API as an OpenAPI 3.1 document, from the operations and the schemas that check them.
 *  @see OpenAPI 3.1.1 */
export function toOpenApi(
  operations: readonly Operation[],
  named: NamedSchemas,
  version: string,
): object {
  const registry = z.registry<{ id: string }>();
  for (const [id, schema] of Object.entries({ ...named, Problem })) registry.add(schema, { id });
  const { schemas } = z.toJSONSchema(registry, {
    uri: (id) => `#/components/schemas/${id}`,
    target: 'draft-2020-12',
  });
  const toSchema = (schema: z.ZodType, io: 'input' | 'output'): object => {
    const id = registry.get(schema)?.id;
    if (id !== undefined) return { $ref: `#/components/schemas/${id}` };
    return withoutDialect(
      z.toJSONSchema(schema, {
        io,
        target: 'draft-2020-12',
        // Named schemas inside others become references.
        override: ({ zodSchema, jsonSchema }) => {
          const inner = registry.get(zodSchema as unknown as z.ZodType)?.id;
          if (inner === undefined) return;
          for (const key of Object.keys(jsonSchema)) delete jsonSchema[key as '$ref'];
          jsonSchema.$ref = `#/components/schemas/${inner}`;
        },
      }),
    );
  };
  const paths: Record<string, Record<string, object>> = {};
  for (const operation of operations) {
    const path = operation.path.replace('...}', '}');
    paths[path] = {
      ...paths[path],
      [operation.method.toLowerCase()]: toOperationObject(operation, toSchema),
    };
  }
  return {
    openapi: '3.1.1',
    info: {
      title: 'Reeve',
      version,
      description: 'The estate of microservices: what is there, who calls whom, and what fails.',
      license: { name: 'Apache-2.0', identifier: 'Apache-2.0' },
    },
    tags: [...new Set(operations.map(({ tag }) => tag))].map((name) => ({ name })),
    paths,
    components: {
      schemas: Object.fromEntries(
        Object.entries(schemas).map(([id, schema]) => [id, withoutDialect(schema)]),
      ),
      securitySchemes: {
        token: {
          type: 'http',
          scheme: 'bearer',
          description: 'The token in `admin.token`, or one of a person',
        },
        session: { type: 'apiKey', in: 'cookie', name: 'reeve_session' },
      },
    },
  };
}

/** An empty one: none is needed, of the machine's own processes at least. */
const securityOf = (access: Access): readonly object[] => [
  ...(access === 'loopback' ? [{}] : []),
  ...(access === 'public' ? [] : [{ token: [] }, { session: [] }]),
];

/** What a principal has to be allowed. */
const permissionOf = (access: Access): object =>
  access in PERMISSIONS ? { 'x-reeve-permission': access } : {};

type ToSchema = (schema: z.ZodType, io: 'input' | 'output') => object;

function toOperationObject(operation: Operation, toSchema: ToSchema): object {
  const { id, tag, summary, access, params, query, body, status } = operation;
  const json = (schema: object) => ({ 'application/json': { schema } });
  return {
    operationId: id,
    summary,
    tags: [tag],
    security: securityOf(access),
    ...permissionOf(access),
    parameters: [
      ...toParameters(params, 'path', toSchema),
      ...toParameters(query, 'query', toSchema),
    ],
    ...(body && { requestBody: { required: true, content: json(toSchema(body, 'input')) } }),
    responses: {
      [status]: { description: 'Done', ...contentOf(operation, toSchema) },
      default: {
        description: 'A problem',
        content: {
          'application/problem+json': { schema: { $ref: '#/components/schemas/Problem' } },
        },
      },
    },
  };
}

function contentOf({ response, mediaType }: Operation, toSchema: ToSchema): object {
  if (mediaType !== undefined) return { content: { [mediaType]: {} } };
  if (response === undefined) return {};
  return { content: { 'application/json': { schema: toSchema(response, 'output') } } };
}

function toParameters(
  schema: z.ZodObject | undefined,
  place: 'path' | 'query',
  toSchema: ToSchema,
): object[] {
  return Object.entries(schema?.shape ?? {}).map(([name, part]) => ({
    name,
    in: place,
    required: place === 'path' || !(part as z.ZodType).safeParse(undefined).success,
    schema: toSchema(part as z.ZodType, 'input'),
  }));
}

function withoutDialect(schema: object): object {
  const { $schema, $id, ...rest } = schema as Record<string, unknown>;
  return rest;
}
