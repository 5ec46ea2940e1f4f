import { Fault } from '../../../base/fault.ts';
import { JsonElements } from '../../../base/json-elements.ts';
import { SpanSink } from '../../../estate/spans/index.ts';
import { Lines } from '../../../sources/access-log/index.ts';
import { OtlpConfig } from '../../../sources/otlp/config/index.ts';
import { OTLP_REASONS, OtlpDecoder } from '../../../sources/otlp/index.ts';
import { timeOfBody } from './body-time.ts';
import { failAt, type SpanReader, type SpanReaderContext } from './reader.ts';

/** Largest request, and largest part of a file that is one request. */
const MAX_BYTES = 64 * 1024 * 1024;

/** Traces as OTLP JSON, one request a line, as the Collector's file exporter writes them. */
export function readOtlpLines(context: SpanReaderContext): SpanReader {
  const requests = new OtlpRequests(context);
  const lines = new Lines(MAX_BYTES, {
    line: (bytes, start, end, line) => {
      if (end > start) requests.take(bytes.subarray(start, end), line);
    },
    tooLong: (line) => context.drop('line too long', 'unread', line),
  });
  return { push: (chunk) => lines.push(chunk), end: () => lines.end() };
}

/** Traces as OTLP JSON: documents laid out in any way.
 *  @param member whose list has the spans of one resource each; none where the document itself is a list of requests */
export function readOtlpDocuments(
  context: SpanReaderContext,
  member: string | undefined,
): SpanReader {
  const requests = new OtlpRequests(context);
  const wrap = (bytes: Buffer) => Buffer.concat([BEFORE, bytes, BEHIND]);
  const elements = new JsonElements(member === undefined ? [] : [member], MAX_BYTES, {
    element: (bytes, line) => requests.take(member === undefined ? bytes : wrap(bytes), line),
    tooLarge: (line) => context.drop('request too large', 'unread', line),
  });
  return {
    push: (chunk) => elements.push(chunk),
    end: () => failAt(elements.end(), context.file, 'trace file'),
  };
}

const BEFORE = Buffer.from('{"resourceSpans":[');
const BEHIND = Buffer.from(']}');

/** Requests of OTLP, one after another, as spans. */
class OtlpRequests {
  readonly #context: SpanReaderContext;
  readonly #sink: SpanSink;
  readonly #decoder: OtlpDecoder;

  constructor(context: SpanReaderContext) {
    this.#context = context;
    this.#sink = new SpanSink({ onFull: context.take });
    this.#decoder = new OtlpDecoder(OtlpConfig.parse({}), { spans: this.#sink });
  }

  take(body: Buffer, line: number): void {
    const now = timeOfBody(body) ?? 0;
    try {
      const { counts, spanCount } = this.#decoder.take(body, 'json', now);
      this.#count(counts, line);
      if (spanCount === 0) this.#context.drop('no spans in it', 'unread', line);
    } catch (thrown) {
      if (!(thrown instanceof Fault)) throw thrown;
      this.#context.drop(REFUSED[thrown.code] ?? thrown.message, 'unread', line);
    }
    const batch = this.#sink.take();
    if (batch !== undefined) this.#context.take(batch);
    // what it has counted beside is for others
    this.#decoder.flush(now);
  }

  #count(counts: ReturnType<OtlpDecoder['take']>['counts'], line: number): void {
    for (const { reason, count } of counts) {
      const { of, outcome } = OTLP_REASONS[reason];
      if (of !== 'span' && of !== 'time') continue;
      const isUnread = outcome === 'refused' || of === 'time';
      this.#context.drop(`span: ${reason}`, isUnread ? 'unread' : 'passed over', line, count);
    }
  }
}

/** Faults of the decoder, in words that are the same for every line. */
const REFUSED: Readonly<Record<string, string>> = {
  'otlp/json-malformed': 'broken JSON',
  'otlp/json-too-large': 'JSON nested too deep, or with too many parts',
};
