import type { GraphReport } from './report.ts';

export function toJson({ services, edges, alerts }: GraphReport): string {
  return `${JSON.stringify({ services, edges, alerts }, null, 2)}\n`;
}
