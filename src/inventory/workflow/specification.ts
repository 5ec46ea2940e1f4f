import { dump } from 'js-yaml';
import { compareText } from '../../base/diagnostic.ts';
import type { Endpoint } from '../../estate/index.ts';
import { type Json, toOperation, toParameters } from './operation.ts';

export type FragmentFormat = 'yaml' | 'json';

/** A specification that a team can take over. */
export interface Fragment {
  readonly fileName: string;
  readonly mediaType: string;
  /** OpenAPI 3.1; without paths where nothing could be written. */
  readonly text: string;
  /** Ids of the endpoints that it holds. */
  readonly included: readonly string[];
  /** What it does not hold, and why; a sentence each. */
  readonly notes: readonly string[];
}

/** What is known of an endpoint but stands in no specification: this is what a team has to add. */
export function isMissing(endpoint: Endpoint): boolean {
  const isAdopted = endpoint.decisions.some(({ action }) => action === 'adopt');
  return (
    endpoint.declaredIn.length === 0 &&
    (isAdopted || (endpoint.observed && endpoint.visibility === 'shown'))
  );
}

const WHAT_IT_IS =
  'What Reeve saw in traffic. Schemas are to be added; credentials are as they were seen, which does ' +
  'not mean that anybody verified them.';

/** Writes the endpoints of one service as OpenAPI 3.1, with the parameters and the answers that were
 *  seen. Equal endpoints give equal text.
 *  @see OpenAPI 3.1.1 §4.8 */
export function toSpecification(
  service: string,
  endpoints: readonly Endpoint[],
  format: FragmentFormat,
): Fragment {
  const sorted = [...endpoints].sort(byPath);
  const written = sorted.filter((endpoint) => reasonAgainst(endpoint) === undefined);
  const name = service.slice(service.lastIndexOf('/') + 1);
  const document = {
    openapi: '3.1.0',
    info: { title: name, version: '0.0.0', description: WHAT_IT_IS },
    paths: toPaths(written),
    'x-reeve': { service },
  };
  return {
    fileName: `${name.replace(/[^\w.-]+/g, '-')}.openapi.${format}`,
    mediaType: format === 'json' ? 'application/json' : 'application/yaml',
    text:
      format === 'json'
        ? `${JSON.stringify(document, null, 2)}\n`
        : dump(document, { lineWidth: 100, noRefs: true }),
    included: written.map(({ id }) => id),
    notes: toNotes(sorted),
  };
}

function byPath(a: Endpoint, b: Endpoint): number {
  return compareText(a.template, b.template) || compareText(a.method, b.method);
}

/** §4.8.9.1: the methods that a path item has. */
const METHODS = ['GET', 'PUT', 'POST', 'DELETE', 'OPTIONS', 'HEAD', 'PATCH', 'TRACE'];

/** What OpenAPI cannot say, by the endpoint's protocol or method. */
const REASONS: Readonly<Record<string, string>> = {
  grpc: 'gRPC methods are declared in a .proto file',
  graphql: 'GraphQL fields are declared in their schema',
  event: 'messages are declared in AsyncAPI, which this does not write',
  ANY: 'it takes every method, so declare those that are meant',
};

function reasonAgainst({ protocol, method, template }: Endpoint): string | undefined {
  if (protocol !== 'http') return REASONS[protocol];
  if (!METHODS.includes(method)) return REASONS[method] ?? 'OpenAPI has no such method';
  if (!/^\/[^?#]*$/.test(template)) return 'it is no path';
  return undefined;
}

const MAX_NAMED = 3;

/** One sentence for all endpoints that are left out for one reason. */
function toNotes(endpoints: readonly Endpoint[]): string[] {
  const byReason = Map.groupBy(endpoints, reasonAgainst);
  byReason.delete(undefined);
  return [...byReason].map(([reason, left]) => {
    const named = left.slice(0, MAX_NAMED).map(({ method, template }) => `${method} ${template}`);
    const more = left.length - named.length;
    return `Left out: ${named.join(', ')}${more > 0 ? ` and ${more} more` : ''}: ${reason}`;
  });
}

/** Paths that differ in the names of their parameters only are one path: the first spelling is taken.
 *  @see OpenAPI 3.1.1 §4.8.8.1 */
function toPaths(endpoints: readonly Endpoint[]): Json {
  const byShape = Map.groupBy(endpoints, ({ template }) => template.replace(/\{[^{}]*\}/g, '{}'));
  const items = [...byShape.values()].map((group) => {
    const template = uniqueParameters(group[0]?.template ?? '/');
    const parameters = toParameters(template);
    const operations = group.map((endpoint) => [
      endpoint.method.toLowerCase(),
      toOperation(endpoint),
    ]);
    return [
      template,
      { ...(parameters.length > 0 && { parameters }), ...Object.fromEntries(operations) },
    ] as const;
  });
  return Object.fromEntries(items.sort(([a], [b]) => compareText(a, b)));
}

/** A name may stand in a path once: `/a/{id}/b/{id}` becomes `/a/{id}/b/{id2}`. */
function uniqueParameters(template: string): string {
  const seen = new Set<string>();
  return template.replace(/\{([^{}]*)\}/g, (_, written: string) => {
    const name = written === '' ? 'parameter' : written;
    let unique = name;
    for (let count = 2; seen.has(unique); count++) unique = `${name}${count}`;
    seen.add(unique);
    return `{${unique}}`;
  });
}
