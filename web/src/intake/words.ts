import type { IntakeCount } from '../../../src/estate/sighting/index.ts';

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

/** What is being lost now, over all sources. What says nothing of endpoints is no loss. */
export function lostNow(counts: readonly IntakeCount[], now: number): IntakeCount[] {
  return counts.filter((count) => count.count > 0 && isLoss(count) && isNow(count, now));
}

/** Whether something is missing for it: not where it was taken, or was of no use to begin with. */
export function isLoss({ outcome, reason }: Pick<IntakeCount, 'outcome' | 'reason'>): boolean {
  return outcome === 'refused' || (outcome === 'dropped' && !OF_NO_USE.has(reason));
}

/** Most traces hold more than calls, and most logs more than requests. */
const OF_NO_USE: ReadonlySet<string> = new Set([
  'not a call',
  'preflight',
  'tunnel',
  'temporary destination',
  'not the end of a request',
  'connection without caller',
  'passed over',
  'no data: a picture, page, script or packed',
  'more payloads than are judged',
  'more payloads of one endpoint than are judged',
]);

/** What to do about a reason: for limits, the setting. */
const REMEDIES: Readonly<Record<string, string>> = {
  'too large': 'limit reached: otlp.maxRequestBytes',
  'too large unpacked': 'limit reached: otlp.maxInflatedBytes',
  'too many at once': 'limit reached: otlp.maxConcurrentRequests',
  'too slow': 'limit reached: otlp.requestSeconds',
  'too many services': 'limit reached: otlp.maxParties',
  'host forgotten': 'limit reached: otlp.maxParties',
  'caller pushed out': 'limit reached: otlp.maxHalves',
  'called side pushed out': 'limit reached: otlp.maxHalves',
  'could not be stored': 'the disk or the store is too slow or away; see the log',
  'more services than are kept apart': 'limit reached: inventory.maxServices',
  'more operations of one service than are kept apart':
    'limit reached: inventory.maxNamedOperations',
  'more payloads than are judged': 'limit reached: inventory.payloadSamples.perSecond',
  'more payloads of one endpoint than are judged':
    'limit reached: inventory.payloadSamples.perEndpoint',
  'line too long': 'limit reached: accessLog.maxLineBytes',
  'tracing does not keep up': 'limit reached: tracing.maxWaitingSpans',
  'no service name': 'set service.name in the exporter',
  'clock not believed': 'the time of arrival was taken; set the sender’s clock',
  'host or token refused': 'send the token, or add the name to http.hostNames',
};

export function remedyWords(reason: string): string | undefined {
  return REMEDIES[reason];
}

const SOURCES: Readonly<Record<string, string>> = {
  'otlp-http': 'OpenTelemetry traces over HTTP',
  'otlp-grpc': 'OpenTelemetry traces over gRPC',
  envoy: 'Envoy access log service',
  kong: 'Kong http-log',
  flows: 'Flows of Istio and Hubble, posted',
  'access-log': 'Access logs, tailed from files',
  'payload-samples': 'Payloads judged for sensitive data',
  requests: 'Requests, whatever they were seen by',
  calls: 'Who calls whom, whatever it was seen by',
  tracing: 'Spans that are followed as traces',
};

export function sourceWords(source: string): string {
  return SOURCES[source] ?? source;
}
