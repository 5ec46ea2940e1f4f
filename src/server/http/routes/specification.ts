import { z } from 'zod';
import { Fault, quote } from '../../../base/fault.ts';
import type { Endpoint, EstateStore } from '../../../estate/index.ts';
import { isMissing, toSpecification } from '../../../inventory/workflow/index.ts';
import { checkService, endpointPages } from '../../one-service.ts';
import { type Operation, operation } from '../operation.ts';
import { Id } from './texts.ts';

/** Endpoints of one fragment. */
const MAX_ENDPOINTS = 5_000;
const MAX_NAMED = 100;

/** What was seen, as a specification that a team can take over. */
export function specificationOperations(store: EstateStore): Operation[] {
  return [
    operation({
      id: 'get-specification',
      method: 'GET',
      path: '/api/v1/endpoints/specification',
      tag: 'endpoints',
      summary: 'OpenAPI 3.1 of endpoints of a service, with what was seen of them',
      access: 'estate.read',
      query: z.strictObject({
        service: Id,
        /** Only these (once for each); without, what `include` says. */
        endpoint: z.union([Id.transform((id) => [id]), z.array(Id).max(MAX_NAMED)]).optional(),
        /** `missing`: what is seen or adopted and stands in no specification; `all`: everything. */
        include: z.enum(['missing', 'all']).default('missing'),
        format: z.enum(['yaml', 'json']).default('yaml'),
      }),
      status: 200,
      response: z.strictObject({
        service: z.string(),
        fileName: z.string(),
        mediaType: z.string(),
        text: z.string(),
        /** Ids of the endpoints that the text holds. */
        included: z.array(z.string()),
        /** What it does not hold, and why. */
        notes: z.array(z.string()),
      }),
      handle: async ({ query: { service, endpoint: ids, include, format } }) => {
        const { endpoints, notes } = await endpointsOf(store, service, ids);
        const wanted =
          ids !== undefined || include === 'all' ? endpoints : endpoints.filter(isMissing);
        const fragment = toSpecification(service, wanted, format);
        return { service, ...fragment, notes: [...notes, ...fragment.notes] };
      },
    }),
  ];
}

async function endpointsOf(
  store: EstateStore,
  service: string,
  ids: readonly string[] | undefined,
) {
  if (ids !== undefined) {
    return {
      endpoints: await Promise.all(ids.map((id) => endpointOf(store, service, id))),
      notes: [],
    };
  }
  await checkService(store, service);
  const endpoints: Endpoint[] = [];
  for await (const page of endpointPages(store, service)) {
    endpoints.push(...page);
    if (endpoints.length > MAX_ENDPOINTS) break;
  }
  const notes =
    endpoints.length > MAX_ENDPOINTS ? [`Only the first ${MAX_ENDPOINTS} endpoints are read`] : [];
  return { endpoints: endpoints.slice(0, MAX_ENDPOINTS), notes };
}

async function endpointOf(store: EstateStore, service: string, id: string): Promise<Endpoint> {
  const { items } = await store.endpoints({ limit: 1, filter: { id, service } });
  if (items[0]) return items[0];
  throw new Fault(
    'inventory/endpoint-not-found',
    `${quote(service, 200)} has no endpoint ${quote(id, 200)}`,
    { hint: '`reeve endpoints --service SERVICE --visibility all` lists those that it has' },
  );
}
