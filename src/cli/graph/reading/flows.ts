import { SpanSink } from '../../../estate/spans/index.ts';
import { Lines } from '../../../sources/access-log/index.ts';
import {
  FLOW_REASONS,
  FlowLines,
  type FlowReason,
  MAX_LINE_LENGTH,
} from '../../../sources/flows/index.ts';
import type { SpanReader, SpanReaderContext } from './reader.ts';

const DAY_MS = 86_400_000;
/** Files may be of any age, and go on for long behind their first line. */
const BEYOND_FIRST_DAYS = 300;
const TIME = /"(?:start_time|time)"\s*:\s*"(\d{4}-\d{2}-\d{2}T[\d:.]{8,18}(?:Z|[+-]\d{2}:\d{2}))"/;

/** Lines that are no request, or tell of one that another line tells, too. */
const PASSED_OVER: ReadonlySet<FlowReason> = new Set(['reply', 'other event']);

/** Flows of a mesh, one a line: access logs of Istio in JSON, and what Hubble exports. */
export function readFlowLines(context: SpanReaderContext, head: string): SpanReader {
  const spans = new SpanSink({ onFull: context.take });
  const flows = new FlowLines({
    ...{ spans, file: context.file, now: nowFor(head) },
    // what is left out is counted below, by its reason
    report: () => {},
  });
  const counted = new Map<FlowReason, number>();
  const count = (line: number): void => {
    for (const reason of FLOW_REASONS) {
      const dropped = flows.dropped.get(reason) ?? 0;
      if (dropped === (counted.get(reason) ?? 0)) continue;
      counted.set(reason, dropped);
      context.drop(`flow: ${reason}`, PASSED_OVER.has(reason) ? 'passed over' : 'unread', line);
    }
  };
  const lines = new Lines(MAX_LINE_LENGTH * 4, {
    line: (bytes, start, end, line) => {
      const before = flows.taken;
      flows.take(bytes.toString('utf8', start, end));
      if (flows.taken === before) count(line);
    },
    tooLong: (line) => context.drop('flow: line too long', 'unread', line),
  });
  return {
    push: (chunk) => lines.push(chunk),
    end: () => {
      lines.end();
      const batch = spans.take();
      if (batch !== undefined) context.take(batch);
    },
  };
}

function nowFor(head: string): number {
  const first = Date.parse(TIME.exec(head)?.[1] ?? '');
  return Number.isNaN(first) ? Date.now() : first + BEYOND_FIRST_DAYS * DAY_MS;
}
