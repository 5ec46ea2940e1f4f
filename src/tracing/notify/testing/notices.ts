import fc from 'fast-check';
import { SEVERITIES } from '../../../estate/index.ts';
import { INCIDENT_STATES, type IncidentNotice } from '../../notice.ts';
import type { FormatContext, Message } from '../message.ts';

export const NOW = Date.UTC(2025, 4, 5, 10, 0, 30);
const at = (seconds: number): string => new Date(NOW + seconds * 1_000).toISOString();

export const NOTICE: IncidentNotice = {
  ...{ incident: 'incident-1', state: 'open', severity: 'critical', kind: 'new-edge' },
  raised: 1,
  reason: 'demo/shop/web went on to payments, which it never calls.',
  ...{ from: '*', to: 'demo/shop/payments' },
  path: ['*', 'demo/shop/web', 'demo/shop/payments'],
  hops: [
    { from: '*', to: 'demo/shop/web', operation: 'GET /debug', time: at(-30) },
    {
      ...{ from: 'demo/shop/web', to: 'demo/shop/payments' },
      ...{ operation: 'GET /internal/export', time: at(-28) },
    },
  ],
  techniques: ['T1190', 'T1210'],
  traceIds: ['0af7651916cd43dd8448eb211c80319c'],
  ...{ time: at(-30), lastTime: at(-28), data: ['pci'], signs: 2, at: at(-20), by: null },
};

export const noticeOf = (change: Partial<IncidentNotice> = {}): IncidentNotice => ({
  ...NOTICE,
  ...change,
});

export const message = (change: Partial<IncidentNotice> = {}): Message => ({
  what: 'incident',
  notice: noticeOf(change),
});

export const SUMMARY: Message = {
  what: 'summary',
  summary: {
    ...{ counts: { high: 3, low: 40 }, severity: 'high', since: at(-60), until: at(-1) },
    incidents: ['incident-1', 'incident-2'],
  },
};

export const CONTEXT: FormatContext = {
  ...{ id: 'notice_1', now: NOW, consoleUrl: 'https://reeve.example.org', version: '1.2.3' },
  host: 'reeve-0',
};

/** Text as somebody writes it who wants to be somebody else. */
const hostile = fc.oneof(
  fc.string({ unit: 'binary', maxLength: 40 }),
  fc.constantFrom(
    ...['a|b', 'a\\', 'x=1 act=resolved', 'a\r\nCEF:0|', '<!channel>', '<https://x|y>', '&amp;'],
    ...['"}', '\u2028', '\ud800', '</script>', '*bold* _it_ `code`', 'a\u0000b', ''],
  ),
);

/** Any notice. */
export const anyNotice: fc.Arbitrary<IncidentNotice> = fc.record({
  incident: hostile,
  state: fc.constantFrom(...INCIDENT_STATES),
  severity: fc.constantFrom(...SEVERITIES),
  raised: fc.nat(),
  ...{ kind: hostile, reason: hostile, from: hostile, to: hostile },
  path: fc.array(hostile, { maxLength: 12 }),
  hops: fc.array(fc.record({ from: hostile, to: hostile, operation: hostile, time: hostile }), {
    maxLength: 4,
  }),
  ...{
    techniques: fc.array(hostile, { maxLength: 3 }),
    traceIds: fc.array(hostile, { maxLength: 3 }),
  },
  ...{ time: hostile, lastTime: hostile, data: fc.array(hostile, { maxLength: 3 }) },
  signs: fc.nat(),
  at: hostile,
  by: fc.option(hostile),
});
