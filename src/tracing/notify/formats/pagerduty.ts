import type { Severity } from '../../../estate/index.ts';
import type { IncidentState } from '../../notice.ts';
import type { FormatContext, Message } from '../message.ts';
import { headline, linkOf, reasonWords, severityOf } from '../words.ts';

/** What becomes of the alert there. */
const EVENTS: Readonly<Record<IncidentState, 'trigger' | 'acknowledge' | 'resolve'>> = {
  open: 'trigger',
  acknowledged: 'acknowledge',
  expected: 'resolve',
  malicious: 'trigger',
  resolved: 'resolve',
};

/** PagerDuty's words for severities. */
const SEVERITY_WORDS: Readonly<Record<Severity, string>> = {
  critical: 'critical',
  high: 'error',
  medium: 'warning',
  low: 'info',
  info: 'info',
};

const MAX_SUMMARY = 1_024;

/** An event of the Events API v2. Messages about one incident are one alert there, by its id.
 *  @param routingKey is a secret
 *  @see https://developer.pagerduty.com/docs/send-alert-event */
export function toPagerDuty(message: Message, routingKey: string, context: FormatContext): object {
  const event = message.what === 'summary' ? 'trigger' : EVENTS[message.notice.state];
  const event_action = event;
  const head = { routing_key: routingKey, event_action, dedup_key: dedupKeyOf(message) };
  if (event !== 'trigger') return head;
  const link = linkOf(message, context.consoleUrl);
  return {
    ...head,
    client: 'Reeve',
    ...(link !== undefined && { client_url: link, links: [{ href: link, text: 'Open in Reeve' }] }),
    payload: {
      summary: headline(message).slice(0, MAX_SUMMARY).toWellFormed(),
      severity: SEVERITY_WORDS[severityOf(message)],
      timestamp: new Date(context.now).toISOString(),
      ...partsOf(message, context),
    },
  };
}

/** One alert of a day for what is over the bound. */
function dedupKeyOf(message: Message): string {
  if (message.what === 'incident') return `reeve/${message.notice.incident}`.slice(0, 255);
  return `reeve/summary/${message.summary.since.slice(0, 10)}`;
}

function partsOf(message: Message, { host }: FormatContext): object {
  if (message.what === 'summary') {
    return { source: host, custom_details: { ...message.summary, why: reasonWords(message) } };
  }
  const { from, to, kind, hops, path, techniques, data, traceIds, time, lastTime } = message.notice;
  return {
    ...{ source: from, component: to, class: kind, group: 'reeve' },
    custom_details: {
      ...{ why: reasonWords(message), path, techniques, data, trace_ids: traceIds },
      hops: hops.map((hop) => `${hop.time} ${hop.from} → ${hop.to} ${hop.operation}`),
      ...{ first_sign: time, latest_sign: lastTime },
    },
  };
}
