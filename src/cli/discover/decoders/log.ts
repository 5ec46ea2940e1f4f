import { Fault } from '../../../base/fault.ts';
import { type ElementsProblem, JsonElements } from '../../../base/json-elements.ts';
import {
  AccessLogDecoder,
  type AccessLogFormat,
  DROP_REASONS,
  MAX_LINE_BYTES,
} from '../../../sources/access-log/index.ts';
import type { Decoder, DecoderContext } from './decoder.ts';

/** Lines of logs. */
export function createLog(context: DecoderContext, format: AccessLogFormat): AccessLogDecoder {
  const { subject, clock, sink, judge } = context;
  return new AccessLogDecoder(
    { ...subject, clock, format, judge },
    { take: sink.take, drop: (reason, line) => sink.drop(reason, DROP_REASONS[reason], line) },
  );
}

/** One JSON list of what would else be lines. */
export function createList(context: DecoderContext): Decoder {
  const log = createLog(context, 'json');
  const elements = new JsonElements([], MAX_LINE_BYTES, {
    element: (bytes, line) => log.line(bytes, line),
    tooLarge: (line) => context.sink.drop('line too long', 'unread', line),
  });
  return {
    push: (chunk) => elements.push(chunk),
    end: () => failAt(elements.end(), context.file, 'list'),
  };
}

/** @throws {Fault} `discover/KIND-malformed`, where there is a problem */
export function failAt(problem: ElementsProblem | undefined, file: string, kind: string): void {
  if (problem === undefined) return;
  const { message, line, column } = problem;
  throw new Fault(`discover/${kind}-malformed`, `the ${kind} ${message}`, {
    file,
    line,
    column,
    hint: 'what was read before counts',
  });
}
