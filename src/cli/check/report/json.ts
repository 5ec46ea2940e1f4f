import type { CheckReport } from './report.ts';

/** One object, `reeve.check/v1`. */
export function toJson(report: CheckReport): string {
  return `${JSON.stringify(report, null, 2)}\n`;
}
