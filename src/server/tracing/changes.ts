import type { Fact, StoredFact } from '../../estate/index.ts';

/** What comes within this time of the first word about a service came with it, and changes nothing. */
const SETTLING_MS = 10 * 60_000;

interface Span {
  first: string;
  last: string;
}

/** When services were last changed by those who build and run them, in milliseconds since 1970: the latest first sight
 *  of anything that is declared, configured or implemented about them (an image, a call, an endpoint). Traffic changes
 *  nothing, nor does what people decide here. Services that are as they were first known are absent. */
export function changesOf(facts: readonly StoredFact[]): Map<string, number> {
  const spans = new Map<string, Span>();
  for (const { fact, firstSeen } of facts) {
    const service = changed(fact);
    if (service === undefined) continue;
    const span = spans.get(service);
    if (span === undefined) spans.set(service, { first: firstSeen, last: firstSeen });
    else if (firstSeen < span.first) span.first = firstSeen;
    else if (firstSeen > span.last) span.last = firstSeen;
  }
  const changes = new Map<string, number>();
  for (const [service, { first, last }] of spans) {
    const at = Date.parse(last);
    if (at - Date.parse(first) > SETTLING_MS) changes.set(service, at);
  }
  return changes;
}

/** The service that is another where this is new. */
function changed(fact: Fact): string | undefined {
  if (fact.source.how === 'observed' || fact.source.reader === 'person') return undefined;
  switch (fact.entity) {
    case 'service':
      return fact.id;
    case 'endpoint':
      return fact.service;
    case 'call':
      return fact.from;
    default:
      return undefined;
  }
}
