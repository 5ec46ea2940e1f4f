import { expect, it } from 'vitest';
import type { IncidentSummary, Incidents } from '../../../../tracing/incidents/index.ts';
import { serveOperations } from '../../../testing/api-server.ts';
import type { BlockedEdges } from '../../../tracing/blocked-edges.ts';
import { incidentOperations } from './incidents.ts';

const summary = (id: string, day: number): IncidentSummary => {
  const time = `2026-01-0${day}T00:00:00.000Z`;
  return {
    ...{ id, state: 'open', severity: 'high', kind: 'unusual-edge', reason: '', assignee: null },
    ...{ from: 'a', to: 'b', path: ['a', 'b'], alerts: [], traceIds: [] },
    ...{ time, lastTime: time, openedAt: time, updatedAt: time },
  } as IncidentSummary;
};

interface Page {
  readonly items: readonly { readonly id: string }[];
  readonly next: string | null;
}

it('the page behind another begins where that ended, though its last incident is gone by then', async () => {
  let all = [summary('d', 4), summary('c', 3), summary('b', 2), summary('a', 2)];
  const incidents = { list: () => all, look: async () => undefined } as unknown as Incidents;
  const operations = incidentOperations({ incidents, edges: {} as BlockedEdges });
  const server = await serveOperations(operations, Date.now);
  const page = (after = '') => server.get<Page>(`/api/v1/incidents?state=open&limit=2${after}`);
  try {
    const first = await page();
    all = all.filter(({ id }) => id !== 'c');
    const second = await page(`&after=${encodeURIComponent(first.next ?? '')}`);
    expect([first, second].map(({ items }) => items.map(({ id }) => id))).toEqual([
      ['d', 'c'],
      ['b', 'a'],
    ]);
    expect(second.next).toBeNull();
  } finally {
    await server.close();
  }
});
