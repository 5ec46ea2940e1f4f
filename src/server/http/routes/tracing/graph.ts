import type { FastifyReply } from 'fastify';
import { z } from 'zod';
import { Fault, quote } from '../../../../base/fault.ts';
import {
  GraphColumns,
  GraphEdge,
  GraphService,
  KEEP_REASONS,
  RankWord,
  ServiceBaseline,
  Waterfall,
} from '../../../../tracing/schemas/index.ts';
import type { TracingDomain } from '../../../tracing/domain.ts';
import { TracingStatus } from '../../../tracing/status.ts';
import { type Operation, operation } from '../../operation.ts';
import { Id } from '../texts.ts';
import { MAX_PAGE, READ, Time, TraceId } from './common.ts';

const MAX_EDGES = 50_000;
/** As many as a graph has at its usual limits. */
const MAX_COLUMN_EDGES = 80_000;
const MAX_DEPTH = 10;

const GraphFilter = z.strictObject({
  service: Id.exactOptional().describe('Only what lies around this service'),
  depth: z.coerce.number().int().min(1).max(MAX_DEPTH).default(1),
  namespace: Id.exactOptional(),
  since: Time.exactOptional().describe('Seen at this time or later'),
  evidence: RankWord.exactOptional(),
});

const edgesAtMost = (most: number, usual: number) =>
  z.coerce.number().int().min(1).max(most).default(usual);

const Summary = z.strictObject({
  id: z.string(),
  reasons: z.array(z.enum(KEEP_REASONS)),
  /** RFC 3339: when its first request began, and when its last one ended. */
  time: z.string(),
  lastTime: z.string(),
  services: z.array(z.string()),
  spanCount: z.int(),
});

/** Who calls whom, single traces, and how tracing stands. */
export function graphOperations({
  tracing,
  notifier,
  incidents,
}: Pick<TracingDomain, 'tracing' | 'notifier' | 'incidents'>): Operation[] {
  return [
    operation({
      ...READ,
      id: 'get-tracing',
      method: 'GET',
      path: '/api/v1/tracing',
      summary:
        'How tracing stands: what it has followed, what it holds, and what was refused or left out',
      response: z.strictObject({
        /** It follows traces since there are some. */
        isRunning: z.boolean(),
        status: TracingStatus,
        /** Alerts that wait to be written, and that were lost since there was no room for them. */
        alerts: z.strictObject({ waiting: z.int(), lost: z.int() }),
        /** Where people are told of incidents, and how that goes. */
        targets: z.array(z.looseObject({ name: z.string() })),
      }),
      handle: () => ({
        isRunning: tracing.isRunning,
        status: tracing.status,
        alerts: incidents.backlog,
        targets: notifier.status(),
      }),
    }),
    operation({
      ...READ,
      id: 'get-graph',
      method: 'GET',
      path: '/api/v1/graph',
      summary:
        'The call graph as it is seen: services, and edges between them, those with most requests first',
      query: GraphFilter.extend({ limit: edgesAtMost(MAX_EDGES, 5_000) }),
      response: z.strictObject({
        services: z.array(GraphService),
        edges: z.array(GraphEdge.omit({ endpoints: true })),
        /** Of all that match, whatever the limit. */
        edgeCount: z.int(),
      }),
      handle: async ({ query, reply }) => sendJson(reply, await tracing.ask('graph', inUtc(query))),
    }),
    operation({
      ...READ,
      id: 'get-graph-columns',
      method: 'GET',
      path: '/api/v1/graph/columns',
      summary:
        'The same in columns, one place in each for a service or an edge: all of a large graph in a small answer',
      query: GraphFilter.extend({ limit: edgesAtMost(MAX_COLUMN_EDGES, MAX_COLUMN_EDGES) }),
      response: GraphColumns,
      handle: async ({ query, reply }) =>
        sendJson(reply, await tracing.ask('columns', inUtc(query))),
    }),
    operation({
      ...READ,
      id: 'get-graph-edge',
      method: 'GET',
      path: '/api/v1/graph/edge',
      summary:
        'One edge of the call graph, with its endpoints and example traces; `from` is `*` for what comes from outside',
      query: z.strictObject({ from: Id, to: Id }),
      response: GraphEdge,
      handle: async ({ query }) =>
        (await tracing.ask('edge', query)) ??
        missing('edge', `${query.from} was not seen to call ${query.to}`),
    }),
    operation({
      ...READ,
      id: 'list-traces',
      method: 'GET',
      path: '/api/v1/traces',
      summary: 'The traces that are kept whole, the latest first, with the reasons why',
      query: z.strictObject({
        service: Id.exactOptional(),
        reason: z.enum(KEEP_REASONS).exactOptional(),
        from: Time.exactOptional().describe('Begun at this time or later'),
        to: Time.exactOptional().describe('Begun before this time'),
        limit: z.coerce.number().int().min(1).max(MAX_PAGE).default(100),
        after: z.string().max(200).exactOptional(),
      }),
      response: z.strictObject({
        items: z.array(Summary),
        /** For `after`; null on the last page. */
        next: z.string().nullable(),
      }),
      handle: async ({ query: { from, to, ...query } }) => {
        const { traces, next } = await tracing.ask('traces', {
          ...query,
          ...(from !== undefined && { from: Date.parse(from) }),
          ...(to !== undefined && { to: Date.parse(to) }),
        });
        const items = traces.map(({ firstTime, lastTime, ...trace }) => ({
          ...trace,
          time: new Date(firstTime).toISOString(),
          lastTime: new Date(lastTime).toISOString(),
        }));
        return { items, next };
      },
    }),
    operation({
      ...READ,
      id: 'get-trace',
      method: 'GET',
      path: '/api/v1/traces/{id}',
      summary:
        'A trace request by request, with who called by which evidence and what policy says of it; also one that is only held for now',
      params: z.strictObject({ id: TraceId }),
      response: Waterfall,
      handle: async ({ params }) =>
        (await tracing.ask('trace', params)) ??
        missing(
          'trace',
          `There is no trace ${params.id}: only those that there was a reason for are kept`,
        ),
    }),
    operation({
      ...READ,
      id: 'get-service-baseline',
      method: 'GET',
      path: '/api/v1/services/{id}/baseline',
      summary:
        'What is usual for a service, by its id (percent-encoded), and how well that is known',
      params: z.strictObject({ id: Id }),
      response: ServiceBaseline,
      handle: async ({ params }) =>
        (await tracing.ask('baseline', { service: params.id })) ??
        missing('baseline', `Nothing was seen of ${quote(params.id, 200)} in traces`),
    }),
  ];
}

function inUtc<Query extends { readonly since?: string }>({ since, ...query }: Query) {
  return { ...query, ...(since !== undefined && { since: new Date(since).toISOString() }) };
}

/** What is JSON already is sent as it is. */
function sendJson(reply: FastifyReply, json: Uint8Array): Buffer {
  reply.header('content-type', 'application/json; charset=utf-8');
  return Buffer.from(json.buffer, json.byteOffset, json.byteLength);
}

function missing(what: string, message: string): never {
  throw new Fault(`http/${what}-not-found`, message);
}
