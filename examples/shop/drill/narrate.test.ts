import { describe, expect, it } from 'vitest';
import type { Incident } from './incidents.ts';
import { incidentLines, proposalLines, stepLines } from './narrate.ts';

const LONG = 'a/very/long/name/of/a/service-that-goes-on-and-on'.repeat(2);
const incident: Incident = {
  summary: {
    ...{ id: 'incident-1', state: 'open', path: ['demo/shop/web'], lastTime: '', severity: 'high' },
    reason: 'unusual calls led on from one service to the next: outside, web, reviews',
  },
  hops: [
    {
      ...{ from: '*', to: 'demo/shop/web', operation: 'GET /debug/fetch', policy: 'unknown' },
      ...{ outcome: 'ok', signs: ['shadow-entry'] },
    },
    {
      ...{ from: 'demo/shop/web', to: 'demo/shop/orders', operation: 'GET /internal/export' },
      ...{ policy: 'undeclared', outcome: 'denied', signs: [] },
    },
  ],
  reached: { data: ['pci'], credentials: [{ name: 'BILLING_TOKEN' }] },
  proposed: [
    { id: '1', what: 'Block it.', breaks: 'Nothing.', isHarmless: true },
    { id: '2', what: 'Revoke everything.', breaks: 'Much.', isHarmless: false },
  ],
  fixes: [
    { what: 'Take it out', because: '', file: 'web/server.ts', line: 61 },
    { what: 'Demand mTLS', because: '', file: null, line: null },
  ],
  actions: [],
};

describe('the drill in words', () => {
  it('names each hop, who reached whom, and what became of it', () => {
    expect(incidentLines(incident, 1_240)).toEqual([
      'One incident after 1.2 s: incident-1                                        high',
      '  unusual calls led on from one service to the next: outside, web, reviews',
      '',
      '  outside -> web  GET /debug/fetch                                            ok',
      '      shadow-entry',
      '  web -> orders  GET /internal/export                         undeclared, denied',
      '',
      '  reached  pci, BILLING_TOKEN',
    ]);
    expect(incidentLines(incident, undefined)[0]).toMatch(/^One incident as before/);
  });

  it('proposes at once only what keeps nobody from what he needs', () => {
    expect(proposalLines(incident)).toEqual([
      'At once, without keeping anybody from what he needs:',
      '  - Block it.',
      'For good:',
      '  - Take it out (web/server.ts:61)',
      '  - Demand mTLS',
    ]);
  });

  it('fits a terminal of 80 columns', () => {
    const step = { name: 'entry', tried: 'x '.repeat(90), status: 403, outcome: 'y '.repeat(90) };
    const lines = [
      ...stepLines(step as Parameters<typeof stepLines>[0], 1),
      ...proposalLines({
        ...incident,
        fixes: [{ ...incident.fixes[0], what: 'z '.repeat(90) }] as never,
      }),
    ];
    for (const line of lines) expect(line.length).toBeLessThanOrEqual(80);
    expect(
      incidentLines({ ...incident, reached: { data: [LONG], credentials: [] } }, 0),
    ).toBeDefined();
  });
});
