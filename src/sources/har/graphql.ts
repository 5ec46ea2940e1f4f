import { type DocumentNode, Kind, parse } from 'graphql';
import { isFields, textAt } from '../../base/pick.ts';
import { rootFieldsOf } from '../graphql/root-fields.ts';

/** One field that a GraphQL request asks of a root type. */
export interface GraphqlField {
  readonly method: 'QUERY' | 'MUTATION' | 'SUBSCRIPTION';
  readonly field: string;
}

const MAX_BODY = 1_000_000;
const MAX_TOKENS = 20_000;
const MAX_FIELDS = 100;
/** Requests sent as one list. */
const MAX_BATCH = 50;

/** The root fields that a request's body asks for; undefined where the body is none of GraphQL. Fields
 *  of introspection (`__typename`) are left out.
 *  @see GraphQL over HTTP, Request; GraphQL specification §3.3.1 */
export function graphqlFieldsOf(
  body: string,
  mimeType: string,
): readonly GraphqlField[] | undefined {
  if (body.length > MAX_BODY) return undefined;
  if (/^application\/graphql\b/i.test(mimeType)) return fieldsOf(body, undefined);
  if (!/["']query["']/.test(body)) return undefined;
  const found = requestsIn(body).map(({ query, operationName }) => fieldsOf(query, operationName));
  return found.some(Boolean) ? distinct(found.flatMap((fields) => fields ?? [])) : undefined;
}

interface GraphqlRequest {
  readonly query: string;
  readonly operationName: string | undefined;
}

function requestsIn(body: string): GraphqlRequest[] {
  let value: unknown;
  try {
    value = JSON.parse(body);
  } catch {
    return [];
  }
  const requests = Array.isArray(value) ? value.slice(0, MAX_BATCH) : [value];
  return requests.flatMap((request: unknown) => {
    const query = isFields(request) ? request.query : undefined;
    if (typeof query !== 'string') return [];
    return [{ query, operationName: textAt(request, 'operationName') }];
  });
}

/** The parser's errors quote the text, so that nothing of them is told. */
function documentOf(text: string): DocumentNode | undefined {
  try {
    return parse(text, { noLocation: true, maxTokens: MAX_TOKENS });
  } catch {
    return undefined;
  }
}

function fieldsOf(query: string, operationName: string | undefined): GraphqlField[] | undefined {
  const document = documentOf(query);
  if (document === undefined) return undefined;
  const operations = document.definitions.filter((one) => one.kind === Kind.OPERATION_DEFINITION);
  const asked = operationName
    ? operations.filter(({ name }) => name?.value === operationName)
    : operations;
  return asked.flatMap((operation) =>
    rootFieldsOf(document, operation, MAX_FIELDS).map((field) => ({
      method: METHODS[operation.operation],
      field,
    })),
  );
}

const METHODS = { query: 'QUERY', mutation: 'MUTATION', subscription: 'SUBSCRIPTION' } as const;

function distinct(fields: readonly GraphqlField[]): GraphqlField[] {
  return [...new Map(fields.map((one) => [`${one.method} ${one.field}`, one])).values()];
}
