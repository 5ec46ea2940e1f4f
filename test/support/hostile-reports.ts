import { judge } from '../../src/assurance/index.ts';
import { toHtml } from '../../src/cli/report/html/index.ts';
import { toJson } from '../../src/cli/report/json.ts';
import { toMarkdown } from '../../src/cli/report/markdown.ts';
import type { ScanReport } from '../../src/cli/report/report.ts';
import { toSarif } from '../../src/cli/report/sarif.ts';
import { toText } from '../../src/cli/report/text.ts';
import { toRecords } from '../../src/estate/index.ts';
import type { Scan } from '../../src/server/scan.ts';

/** What a scan comes to once it is judged, as every report takes it. */
export function reportOf({ facts, diagnostics }: Scan): ScanReport {
  const judged = judge(toRecords(facts), '2026-01-01T00:00:00Z');
  return { schema: 'reeve.scan/v1', ...judged, diagnostics };
}

/** Every format that `reeve scan` writes, all findings and diagnostics included. */
export function everyFormat(scan: Scan, folder = 'shop'): Readonly<Record<string, string>> {
  const report = reportOf(scan);
  const { fileCount } = scan;
  const context = { folder, fileCount, elapsedMilliseconds: 1, version: '1.0.0' };
  return {
    text: toText(report, context, { all: true, paint: (_, text) => text }),
    json: [...toJson(report)].join(''),
    sarif: toSarif(report, context),
    markdown: toMarkdown(report, context),
    html: toHtml(report, context),
  };
}
