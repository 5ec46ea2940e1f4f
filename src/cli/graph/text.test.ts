import { describe, expect, it } from 'vitest';
import type { Alert, GraphEdge } from '../../tracing/index.ts';
import type { GraphContext, GraphReport } from './report.ts';
import { toText } from './text.ts';

const FROM = Date.parse('2026-01-05T08:00:00Z');
const CONTEXT: GraphContext = {
  ...{ files: 2, spans: 1_689, from: FROM, to: FROM + 14_340_000 },
  baselineUntil: FROM + 7_170_000,
  leftOut: [],
};

const EDGE: GraphEdge = {
  ...{ from: '*', to: 'web', requests: 1_243, failed: 2, denied: 0 },
  ...{ p50Milliseconds: 9.5, p99Milliseconds: 130 },
  ...{ firstSeen: '2026-01-05T08:00:00Z', lastSeen: '2026-01-05T11:59:00Z' },
  ...{ evidence: 'none', authenticated: 0, traceIds: [], endpoints: [] },
};

const HOP: Alert['hops'][number] = {
  ...{ from: '*', to: 'web', operation: 'GET /checkout', time: '2026-01-05T10:05:30.001Z' },
  ...{ traceId: null, evidence: 'none', policy: 'unknown', outcome: 'ok', signs: [] },
};

const ALERT: Alert = {
  ...{ id: 'a-1', kind: 'contradicted-claim', from: 'web', to: 'payments' },
  path: ['*', 'web', 'stock', 'payments'],
  ...{ time: '2026-01-05T10:05:30.006Z', lastTime: '2026-01-05T10:08:30.006Z' },
  traceIds: ['7f', '81', '82'].map((id) => id.padStart(32, '0')),
  ...{ severity: 'high', score: 14, raised: 1 },
  reason:
    'a request for GET /v1/cards of payments said that orders sent it, with the identity spiffe://example.org/ns/shop/sa/web of web, which orders never used',
  techniques: ['T1021', 'T1036'],
  hops: [
    HOP,
    {
      ...{ ...HOP, from: 'web', to: 'stock', operation: 'GET /admin/export' },
      ...{ time: '2026-01-05T10:05:30.006Z', evidence: 'asserted', policy: 'undeclared' },
      ...{ outcome: 'denied', signs: ['new-edge'] },
    },
    {
      ...{
        ...HOP,
        from: 'web',
        to: 'payments',
        operation: `GET /v1/${'cards/'.repeat(12)}{cardId}`,
      },
      ...{ time: '2026-01-05T10:06:30.006Z', evidence: 'authenticated', policy: 'forbidden' },
      signs: ['new-edge', 'contradicted-claim', 'sensitive-by-an-unusual-route', 'entry'],
    },
  ],
  signs: [],
};

const REPORT: GraphReport = {
  services: [],
  edges: [
    EDGE,
    {
      ...EDGE,
      from: 'production/shop/web',
      to: 'production/shop/orders',
      evidence: 'authenticated',
    },
    { ...EDGE, from: 'production/shop/orders', to: 'external/api.example.com', denied: 7 },
  ],
  alerts: [ALERT, { ...ALERT, severity: 'low', kind: 'new-edge', hops: [], traceIds: [] }],
};

const textOf = (report: GraphReport, context = CONTEXT) =>
  [...toText(report, context, (_, text) => text)].join('');

describe('a call graph on a terminal', () => {
  it('has alerts first, each with its path hop by hop, and then who calls whom', async () => {
    const first = [{ file: 'traces.ndjson', line: 17 }];
    const text = textOf(REPORT, {
      ...CONTEXT,
      leftOut: [
        { reason: 'broken JSON', kind: 'unread', count: 3, first },
        { reason: 'span: not a call', kind: 'passed over', count: 1_200, first: [] },
      ],
    });
    for (const line of text.split('\n')) expect(line.length, line).toBeLessThanOrEqual(80);
    await expect(text).toMatchFileSnapshot('testdata/report.txt');
  });

  it.each<[string, Partial<GraphContext>, string]>([
    ['after nothing was learnt', { baselineUntil: FROM }, 'nothing to learn from before'],
    ['where all was learnt', { baselineUntil: FROM + 99_999_999 }, 'learnt and not judged'],
  ])('says so %s', (_, change, want) => {
    expect(textOf({ services: [], edges: [], alerts: [] }, { ...CONTEXT, ...change })).toContain(
      want,
    );
  });

  it('shows the most used of many edges', () => {
    const edges = Array.from({ length: 50 }, (_, index) => ({
      ...EDGE,
      to: `s-${index}`,
      requests: index,
    }));
    const text = textOf({ ...REPORT, edges });
    expect(text).toContain('s-49');
    expect(text).not.toContain('s-9 ');
    expect(text).toContain('and 10 more edges');
  });

  it('shows no control character of foreign names', () => {
    const evil = '\u001b[2Jevil\u202e';
    const text = textOf({
      ...REPORT,
      edges: [{ ...EDGE, to: evil }],
      alerts: [
        { ...ALERT, path: [evil], reason: evil, hops: [{ ...HOP, to: evil, operation: evil }] },
      ],
    });
    // biome-ignore lint/suspicious/noControlCharactersInRegex: these are the ones that must not be there
    expect(text).not.toMatch(/[\u0000-\u0009\u000b-\u001f\u202e]/);
  });
});
