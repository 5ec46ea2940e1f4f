import { writeRole } from '../counting/index.ts';
import { ROLE, SPAN_KIND, type SpanFields } from '../reading/index.ts';
import { graphqlOperation, MAX_DOCUMENT_BYTES } from './graphql.ts';
import { KEY_KIND } from './key-parts.ts';
import type { Meaning, ProtocolMeaning } from './operation.ts';

const MAX_NAME_BYTES = 256;

/** Whether a span stands for a GraphQL operation. Of the steps of JavaScript's library, which all have
 *  the document, only the execution names the type. */
export function hasGraphqlOperation(fields: SpanFields): boolean {
  const isWhole = fields.has(ROLE.graphqlType) || fields.kind === SPAN_KIND.server;
  return fields.has(ROLE.graphqlDocument) && isWhole;
}

/** GraphQL operations, by their documents; each field of the root is an operation of its own. */
export const GRAPHQL: ProtocolMeaning = {
  writeKey(fields, key) {
    key.byte(KEY_KIND.graphql);
    writeRole(fields, ROLE.graphqlName, key, MAX_NAME_BYTES);
    writeRole(fields, ROLE.graphqlDocument, key, MAX_DOCUMENT_BYTES + 1);
    return true;
  },

  meaning(fields): Meaning {
    const bytes = fields.end(ROLE.graphqlDocument) - fields.start(ROLE.graphqlDocument);
    if (bytes > MAX_DOCUMENT_BYTES) return { reason: 'unusable GraphQL' };
    const asked = graphqlOperation(fields.text('graphqlDocument'), fields.text('graphqlName'));
    if (asked === undefined || asked.fields.length === 0) return { reason: 'unusable GraphQL' };
    const { method } = asked;
    return {
      operations: asked.fields.map((path) => ({ protocol: 'graphql', method, path, status: 0 })),
    };
  },
};
