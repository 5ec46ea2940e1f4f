import { describe, expect, it } from 'vitest';
import type { Waterfall, WaterfallRow } from '../../tracing/traces/index.ts';
import { toWaterfallText } from './waterfall.ts';

function aRow(change: Partial<WaterfallRow>): WaterfallRow {
  return {
    ...{ parent: null, depth: 0, from: null, to: 'web', operation: 'GET /checkout' },
    ...{ offsetMs: 0, durationMs: 240, waitedMs: null, status: 200, outcome: 'ok' },
    ...{ evidence: 'none', principal: null, claimed: null, contradicts: false },
    ...{ policy: 'unknown', isVirtual: false, isHalf: false, notes: [], shiftedMs: 0 },
    ...{ count: 1, spanIds: [] },
    ...change,
  };
}

const ID = (name: string) => `spiffe://example.org/ns/shop/sa/${name}`;

function aTrace(rows: WaterfallRow[], change: Partial<Waterfall> = {}): Waterfall {
  return {
    traceId: '4bf92f3577b34da6a3ce929d0e0e4736',
    reasons: ['alert', 'denial'],
    time: '2026-01-05T10:05:30.000Z',
    durationMs: 240,
    services: ['orders', 'payments', 'stock', 'web'],
    rows,
    ...{ cut: 0, duplicates: 0 },
    ...change,
  };
}

const textOf = (trace: Waterfall) => [...toWaterfallText(trace, (_, text) => text)].join('');

describe('a waterfall on a terminal', () => {
  it('has a line for each request, and who called and by whose leave below it', async () => {
    const text = textOf(
      aTrace(
        [
          aRow({}),
          aRow({
            ...{ parent: 0, depth: 1, from: 'web', to: 'orders', operation: 'POST /orders' },
            ...{ offsetMs: 12, durationMs: 180, status: 201, waitedMs: 190 },
            ...{ evidence: 'authenticated', principal: ID('web'), policy: 'declared' },
          }),
          aRow({
            ...{ parent: 1, depth: 2, from: 'orders', to: 'stock', operation: 'GET /items/{id}' },
            ...{ offsetMs: 20, durationMs: 8.25, evidence: 'asserted', policy: 'undeclared' },
            ...{ notes: ['clock shifted'], shiftedMs: 5_010, count: 3 },
          }),
          aRow({
            ...{ parent: 1, depth: 2, from: 'legacy', to: 'payments' },
            ...{ operation: 'GET /v1/cards/{cardId}/transactions/export', offsetMs: 60 },
            ...{ durationMs: 40, status: 403, outcome: 'denied', evidence: 'authenticated' },
            ...{ principal: ID('legacy'), claimed: 'orders', contradicts: true },
            policy: 'forbidden',
          }),
          aRow({
            ...{ parent: 0, depth: 1, from: 'web', to: 'external/mail.example.com' },
            ...{ operation: '*', offsetMs: 200, durationMs: 30, status: 0, isHalf: true },
            evidence: 'asserted',
          }),
          aRow({ isVirtual: true, to: null, status: 0, offsetMs: 100, durationMs: 1 }),
        ],
        { cut: 12 },
      ),
    );
    for (const line of text.split('\n')) expect(line.length).toBeLessThanOrEqual(80);
    await expect(text).toMatchFileSnapshot('testdata/waterfall.txt');
  });

  it('stays in 80 columns however deep a trace is, and shows no control characters', () => {
    const rows = Array.from({ length: 40 }, (_, depth) =>
      aRow({
        ...{ depth, parent: depth === 0 ? null : depth - 1, from: `\u001b[31m${'f'.repeat(100)}` },
        to: 's'.repeat(100),
      }),
    );
    const text = textOf(aTrace(rows));
    expect(text).not.toContain('\u001b');
    for (const line of text.split('\n')) expect(line.length).toBeLessThanOrEqual(80);
  });

  it('has a line for a trace that took no time', () => {
    expect(textOf(aTrace([aRow({ durationMs: 0 })], { durationMs: 0 }))).toContain('0.0 ms');
  });
});
