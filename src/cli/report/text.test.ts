import { describe, expect, it } from 'vitest';
import type { Endpoint } from '../../estate/index.ts';
import type { ScanReport } from './report.ts';
import { toText } from './text.ts';

const CONTEXT = { folder: 'shop', fileCount: 1, elapsedMilliseconds: 100, version: '0.0.0' };
const none = { total: 0, satisfied: 0 };
const EMPTY: ScanReport = {
  schema: 'reeve.scan/v1',
  services: [],
  endpoints: [],
  calls: [],
  credentials: [],
  findings: [],
  answers: { endpointsInventoried: none, callsAuthenticated: none, credentialsGoverned: none },
  diagnostics: [],
};
const textOf = (report: Partial<ScanReport>) =>
  toText({ ...EMPTY, ...report }, CONTEXT, { all: false, paint: (_, text) => text });

const endpoint = (status: Endpoint['status']) => ({ status }) as Endpoint;

describe('the text of a scan', () => {
  it('of nothing says so, rather than that nothing is wrong', () => {
    expect(textOf({})).toContain('Nothing was found that describes services');
    expect(textOf({})).not.toContain('No findings');
  });

  it('without findings says that there are none', () => {
    expect(textOf({ endpoints: [endpoint('governed')] })).toContain('No findings.');
  });

  it.each([
    [['shadow', 'unowned'], '1 endpoint declared nowhere; of the declared, 1 without an owner'],
    [['zombie'], 'of the declared, 1 deprecated and still called'],
    [['shadow'], '1 endpoint declared nowhere'],
  ] as const)('tells what fails a question from what else is wrong: %j', (statuses, want) => {
    const lines = textOf({
      endpoints: statuses.map(endpoint),
      answers: { ...EMPTY.answers, endpointsInventoried: { total: 2, satisfied: 1 } },
    }).split('\n');
    expect(lines.map((line) => line.trim())).toContain(want);
  });

  it('fits 80 columns', () => {
    for (const line of textOf({}).split('\n')) expect(line.length).toBeLessThanOrEqual(80);
  });
});
