import type { IntakeCount } from '../../../src/estate/sighting.ts';

/** What came in, source by source, made from the server's counts. */

export interface SourceCounts {
  readonly source: string;
  readonly taken: number;
  /** RFC 3339 of the last that was taken; null where nothing was. */
  readonly lastTaken: string | null;
  /** What was not taken: what happens now first, then what happened most. */
  readonly lost: readonly IntakeCount[];
}

/** How long ago a loss counts as happening now. */
const NOW_MS = 120_000;

export function bySource(counts: readonly IntakeCount[], now: number): SourceCounts[] {
  const sources = [...new Set(counts.map(({ source }) => source))].sort();
  return sources.map((source) => {
    const own = counts.filter((count) => count.source === source && count.count > 0);
    const taken = own.filter(({ outcome }) => outcome === 'taken');
    return {
      source,
      taken: taken.reduce((sum, { count }) => sum + count, 0),
      lastTaken:
        taken
          .map(({ lastAt }) => lastAt)
          .sort()
          .at(-1) ?? null,
      lost: own
        .filter(({ outcome }) => outcome !== 'taken')
        .sort((a, b) => Number(isNow(b, now)) - Number(isNow(a, now)) || b.count - a.count),
    };
  });
}

/** Whether it still happens, as far as its last time tells. */
export function isNow({ lastAt }: Pick<IntakeCount, 'lastAt'>, now: number): boolean {
  return now - Date.parse(lastAt) < NOW_MS;
}

/** What is being lost now, over all sources. */
export function lostNow(counts: readonly IntakeCount[], now: number): IntakeCount[] {
  return counts.filter(
    (count) => count.outcome !== 'taken' && count.count > 0 && isNow(count, now),
  );
}

const SOURCES: Readonly<Record<string, string>> = {
  'otlp-http': 'OpenTelemetry traces over HTTP',
  'otlp-grpc': 'OpenTelemetry traces over gRPC',
  'envoy-als': 'Envoy access log service',
  kong: 'Kong http-log',
  'access-log': 'Access logs, tailed from files',
};

export function sourceWords(source: string): string {
  return SOURCES[source] ?? source;
}
