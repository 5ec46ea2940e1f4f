import type { Severity } from '../../../estate/index.ts';
import type { IncidentNotice, IncidentState } from '../../notice.ts';
import type { FormatContext, Message } from '../message.ts';
import { headline, linkOf, reasonWords, severityOf } from '../words.ts';

const SCHEMA_VERSION = '1.3.0';
const CLASS = {
  category_uid: 2,
  category_name: 'Findings',
  class_uid: 2004,
  class_name: 'Detection Finding',
};

const OCSF_SEVERITIES: Readonly<Record<Severity, readonly [id: number, caption: string]>> = {
  info: [1, 'Informational'],
  low: [2, 'Low'],
  medium: [3, 'Medium'],
  high: [4, 'High'],
  critical: [5, 'Critical'],
};

const ACTIVITIES = { 1: 'Create', 2: 'Update', 3: 'Close' } as const;
const STATES: Readonly<
  Record<IncidentState, readonly [activity: 1 | 2 | 3, id: number, caption: string]>
> = {
  open: [1, 1, 'New'],
  acknowledged: [2, 2, 'In Progress'],
  malicious: [2, 2, 'In Progress'],
  expected: [3, 3, 'Suppressed'],
  resolved: [3, 4, 'Resolved'],
};

/** A message as a Detection Finding of the Open Cybersecurity Schema Framework.
 *  @see https://schema.ocsf.io/1.3.0/classes/detection_finding */
export function toOcsf(message: Message, context: FormatContext): object {
  const [activity, statusId, status] =
    message.what === 'summary' ? STATES.open : STATES[message.notice.state];
  const [severity_id, severity] = OCSF_SEVERITIES[severityOf(message)];
  return {
    ...CLASS,
    ...{ activity_id: activity, activity_name: ACTIVITIES[activity] },
    ...{ type_uid: CLASS.class_uid * 100 + activity },
    ...{ type_name: `${CLASS.class_name}: ${ACTIVITIES[activity]}` },
    ...{ severity_id, severity, status_id: statusId, status },
    time: timeOf(message, context),
    message: headline(message),
    metadata: {
      version: SCHEMA_VERSION,
      uid: context.id,
      product: { name: 'Reeve', vendor_name: 'Reeve', version: context.version },
      logged_time: context.now,
    },
    ...detailsOf(message, context),
  };
}

const timeOf = (message: Message, { now }: FormatContext): number =>
  message.what === 'summary' ? now : millisecondsOf(message.notice.at, now);

function detailsOf(message: Message, context: FormatContext): object {
  const link = linkOf(message, context.consoleUrl);
  const told = {
    title: headline(message),
    desc: reasonWords(message),
    ...(link !== undefined && { src_url: link }),
  };
  if (message.what === 'summary') {
    return { finding_info: { ...told, uid: context.id }, unmapped: message.summary };
  }
  const { notice } = message;
  const start_time = millisecondsOf(notice.time, context.now);
  const end_time = millisecondsOf(notice.lastTime, context.now);
  return {
    ...{ start_time, end_time, count: Math.max(1, notice.signs) },
    finding_info: {
      ...told,
      ...{ uid: notice.incident, types: [notice.kind] },
      ...{ first_seen_time: start_time, last_seen_time: end_time },
      analytic: { type_id: 3, type: 'Behavioral', name: notice.kind, uid: notice.kind },
      attacks: notice.techniques.map((uid) => ({ technique: { uid } })),
    },
    resources: resourcesOf(notice),
    evidences: notice.hops.map((hop) => ({
      src_endpoint: { svc_name: hop.from },
      dst_endpoint: { svc_name: hop.to },
      api: { operation: hop.operation, service: { name: hop.to } },
      data: { time: hop.time },
    })),
    unmapped: { path: notice.path, data: notice.data, trace_ids: notice.traceIds },
  };
}

/** What was reached: everything of the way but where it began. */
const resourcesOf = ({ path, data }: IncidentNotice): object[] =>
  path.slice(1).map((uid) => ({ uid, name: uid, type: 'service', labels: data }));

function millisecondsOf(time: string, otherwise: number): number {
  const milliseconds = Date.parse(time);
  return Number.isNaN(milliseconds) ? otherwise : milliseconds;
}
