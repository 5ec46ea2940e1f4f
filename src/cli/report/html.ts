import type { ReportContext, ScanReport } from './report.ts';

export function toHtml(report: ScanReport, context: ReportContext): string {
  return `${context.folder} ${report.services.length}`;
}
