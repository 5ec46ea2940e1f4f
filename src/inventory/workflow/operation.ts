import { STATUS_CODES } from '../../base/http.ts';
import type { Endpoint, EndpointTraffic } from '../../estate/index.ts';

export type Json = { readonly [member: string]: unknown };

/** Path parameters of a template. Values of a path are texts whatever they look like.
 *  @see OpenAPI 3.1.1 §4.8.12 */
export function toParameters(template: string): Json[] {
  return [...template.matchAll(/\{([^{}]*)\}/g)].map(([, name = '']) => ({
    name,
    in: 'path',
    required: true,
    schema: { type: 'string' },
  }));
}

/** One operation, as far as traffic tells it.
 *  @see OpenAPI 3.1.1 §4.8.10 */
export function toOperation({ traffic, deprecated, sensitivity }: Endpoint): Json {
  const query = (traffic?.parameters ?? []).map((name) => ({
    name,
    in: 'query',
    required: false,
    schema: {},
  }));
  return {
    ...(deprecated && { deprecated }),
    ...(query.length > 0 && { parameters: query }),
    responses: toResponses(traffic),
    'x-reeve': {
      ...(traffic && {
        firstSeen: traffic.firstSeen,
        lastSeen: traffic.lastSeen,
        credentialsSeen: Object.keys(traffic.credentials).sort(),
      }),
      ...(sensitivity.length > 0 && { sensitivity: sensitivity.map(({ tag }) => tag).sort() }),
    },
  };
}

/** At least one is demanded (§4.8.16). Answers that say nothing of the operation itself (a gateway's
 *  502, a limit's 429) were seen all the same. */
function toResponses(traffic: EndpointTraffic | null): Json {
  const codes = Object.keys(traffic?.statuses ?? {})
    .filter((code) => /^[1-5]\d\d$/.test(code))
    .sort();
  if (codes.length === 0) return { default: { description: 'Not seen yet' } };
  return Object.fromEntries(
    codes.map((code) => [code, { description: STATUS_CODES[code] ?? `Status ${code}` }]),
  );
}
