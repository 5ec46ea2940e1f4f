import type { IncomingMessage, ServerResponse } from 'node:http';
import type { Clock } from '../../base/clock.ts';
import type { Diagnostic } from '../../base/diagnostic.ts';
import { Fault } from '../../base/fault.ts';
import { JsonElements } from '../../base/json-elements.ts';
import type { IntakeCount } from '../../estate/index.ts';
import type { SpanSink } from '../../estate/spans/index.ts';
import { Lines } from '../../sources/access-log/index.ts';
import {
  FLOW_REASONS,
  FlowLines,
  type FlowReason,
  MAX_LINE_LENGTH,
} from '../../sources/flows/index.ts';
import type { BodyReader } from '../../sources/otlp/index.ts';
import { answerFault } from './answer-fault.ts';

export interface FlowReceiverPorts {
  /** Throws a Fault for a caller who may not send. */
  readonly admit: (request: IncomingMessage) => void;
  /** Where single requests are put; absent where nobody follows traces. */
  readonly spans: SpanSink | undefined;
  /** Throws a Fault where too much waits already. */
  readonly checkRoom: () => void;
  /** Resolves when all that was put there is handed on. */
  readonly kept: () => Promise<void>;
  readonly count: (outcome: IntakeCount['outcome'], reason: string, count: number) => void;
  readonly clock: Clock;
}

/** Where exports of flows are posted. */
export const FLOWS_PATH = '/v1/logs/flows';

/** Of the start of a body that is a list, rather than lines. */
const LIST = /^\s*\[/;
const SNIFFED_BYTES = 64;
/** A character has at most four bytes. */
const MAX_LINE_BYTES = MAX_LINE_LENGTH * 4;

/** Lines that are no request, or tell of one that another line tells, too. */
const PASSED_OVER: ReadonlySet<FlowReason> = new Set(['reply', 'other event']);

/** What came of a body, as its sender is told. */
interface FlowAnswer {
  /** Lines that were requests or connections. */
  readonly taken: number;
  /** Lines by the reason why they were none, or could not be read. */
  readonly passedOver: Readonly<Record<string, number>>;
  readonly refused: Readonly<Record<string, number>>;
  /** The first lines that could not be read. */
  readonly problems: readonly Pick<Diagnostic, 'line' | 'message' | 'hint'>[];
}

/** Takes exports of flows as log shippers post them: a line each, or a list of JSON. What cannot be read costs no other line,
 *  and is told to the sender; he is refused where nothing could be read. */
export function flowReceiver(
  reader: BodyReader,
  ports: FlowReceiverPorts,
): (request: IncomingMessage, response: ServerResponse) => Promise<void> {
  return async (request, response) => {
    try {
      ports.admit(request);
      if (request.method !== 'POST') throw new Fault('flows/method-invalid', 'Flows come by POST');
      const answer = await take(request, reader, ports);
      const isAnyRead = answer.taken > 0 || Object.keys(answer.passedOver).length > 0;
      const status = isAnyRead || answer.problems.length === 0 ? 200 : 400;
      response
        .writeHead(status, { 'content-type': 'application/json' })
        .end(JSON.stringify(answer));
    } catch (thrown) {
      answerFault(request, response, thrown, 'flows/unavailable', ports.count);
    }
  };
}

async function take(
  request: IncomingMessage,
  reader: BodyReader,
  { spans, checkRoom, kept, count, clock }: FlowReceiverPorts,
): Promise<FlowAnswer> {
  if (spans === undefined) {
    throw new Fault('flows/receiver-not-found', 'Flows are not followed here', {
      hint: 'set `tracing.enabled`',
    });
  }
  const { bytes, release } = await reader.read(request);
  const problems: Diagnostic[] = [];
  const flows = new FlowLines({
    ...{ spans, file: '', now: clock() },
    report: (problem) => void problems.push(problem),
  });
  try {
    checkRoom();
    readBody(bytes, flows);
  } finally {
    release();
  }
  await kept();
  const answer = answerOf(flows, problems);
  count('taken', '', answer.taken);
  for (const [reason, lines] of Object.entries(answer.passedOver)) count('dropped', reason, lines);
  for (const [reason, lines] of Object.entries(answer.refused)) count('refused', reason, lines);
  return answer;
}

function readBody(bytes: Buffer, flows: FlowLines): void {
  const textOf = (part: Buffer, start = 0, end = part.length) => part.toString('utf8', start, end);
  if (LIST.test(textOf(bytes, 0, Math.min(SNIFFED_BYTES, bytes.length)))) {
    const elements = new JsonElements([], MAX_LINE_BYTES, {
      element: (part, line) => flows.take(textOf(part), line),
      tooLarge: (line) => flows.passTooLong(line),
    });
    elements.push(bytes);
    const problem = elements.end();
    if (problem) flows.passRest(`The list ${problem.message}`, problem.line);
  } else {
    const lines = new Lines(MAX_LINE_BYTES, {
      line: (part, start, end, line) => flows.take(textOf(part, start, end), line),
      tooLong: (line) => flows.passTooLong(line),
    });
    lines.push(bytes);
    lines.end();
  }
  flows.end();
}

function answerOf(flows: FlowLines, problems: readonly Diagnostic[]): FlowAnswer {
  const of = (isWanted: (reason: FlowReason) => boolean) =>
    Object.fromEntries(
      FLOW_REASONS.filter(isWanted).flatMap((reason) => {
        const count = flows.dropped.get(reason);
        return count === undefined ? [] : [[reason, count]];
      }),
    );
  return {
    taken: flows.taken,
    passedOver: of((reason) => PASSED_OVER.has(reason)),
    refused: of((reason) => !PASSED_OVER.has(reason)),
    problems: problems.map(({ line, message, hint }) => ({
      ...(line !== undefined && { line }),
      message,
      ...(hint !== undefined && { hint }),
    })),
  };
}
