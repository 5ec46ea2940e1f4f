import { writeOperation } from '../../estate/index.ts';
import type { GraphEdge } from '../../tracing/index.ts';
import { type AnswerFlags, type ListFlags, minute, print } from '../answers.ts';
import { ask } from '../client.ts';
import { toFields } from '../fields.ts';
import { nameOf, toCount, toEdgeTable, toMilliseconds } from '../graph/pieces.ts';
import { toTable } from '../table.ts';
import { counted, grouped } from '../terminal.ts';

export interface EdgeFlags extends ListFlags {
  readonly service?: string;
  readonly depth: number;
  readonly namespace?: string;
  readonly since?: string;
  readonly evidence?: string;
}

interface Graph {
  readonly edges: readonly Omit<GraphEdge, 'endpoints'>[];
  readonly edgeCount: number;
}

export async function listEdges(flags: EdgeFlags): Promise<void> {
  const { service, depth, namespace, since, evidence, limit } = flags;
  const numbers = { depth: String(depth), limit: String(limit) };
  const query = { service, namespace, since, evidence, ...numbers };
  const said = Object.entries(query).filter(
    (pair): pair is [string, string] => pair[1] !== undefined,
  );
  const graph = await ask<Graph>(flags, `/api/v1/graph?${new URLSearchParams(said)}`);
  print(flags, graph, ({ edges, edgeCount }) => {
    if (edges.length === 0) return 'No edges: no such calls were seen in traces.';
    const more = edgeCount - edges.length;
    const left = more > 0 ? `\n${counted(more, 'more edge')}: raise --limit, or filter` : '';
    return `${toEdgeTable(edges)}${left}`;
  });
}

export async function showEdge(from: string, to: string, flags: AnswerFlags): Promise<void> {
  const query = new URLSearchParams({ from, to });
  print(flags, await ask<GraphEdge>(flags, `/api/v1/graph/edge?${query}`), edgeText);
}

function edgeText(edge: GraphEdge): string {
  const { from, to, requests, failed, denied, evidence, authenticated, traceIds } = edge;
  const head = toFields([
    ['from', [nameOf(from)]],
    ['to', [to]],
    [
      'requests',
      [`${grouped(requests)}, of which ${grouped(failed)} failed and ${grouped(denied)} denied`],
    ],
    [
      'took',
      [
        `${toMilliseconds(edge.p50Milliseconds)} ms, 99 % of them up to ${toMilliseconds(edge.p99Milliseconds)} ms`,
      ],
    ],
    ['evidence', [`${evidence}; ${grouped(authenticated)} of the requests authenticated`]],
    ['seen', [`${minute(edge.firstSeen)} to ${minute(edge.lastSeen)} UTC`]],
    ['traces', traceIds],
  ]);
  if (edge.endpoints.length === 0) return head;
  const table = toTable(edge.endpoints, [
    { title: 'OPERATION', value: writeOperation, shrinks: 'path' },
    { title: 'REQUESTS', value: ({ requests: all }) => grouped(all) },
    { title: 'FAILED', value: (one) => toCount(one.failed) },
    { title: 'DENIED', value: (one) => toCount(one.denied) },
    { title: 'P99 MS', value: ({ p99Milliseconds }) => toMilliseconds(p99Milliseconds) },
    { title: 'LAST (UTC)', value: ({ lastSeen }) => minute(lastSeen) },
  ]);
  return `${head}\n\n${table}`;
}
