import type { ScanReport } from './report.ts';

/** One object (`reeve.scan/v1`), indented so that differences read well. */
export function toJson(report: ScanReport): string {
  const { schema, services, endpoints, calls, credentials, findings, answers, diagnostics } =
    report;
  const ordered = {
    schema,
    services,
    endpoints,
    calls,
    credentials,
    findings,
    answers,
    diagnostics,
  };
  return `${JSON.stringify(ordered, null, 2)}\n`;
}
