import { Fault } from '../../../base/fault.ts';
import { JsonElements } from '../../../base/json-elements.ts';
import { Lines } from '../../../sources/access-log/index.ts';
import { OtlpConfig } from '../../../sources/otlp/config/index.ts';
import { OTLP_REASONS, OtlpDecoder } from '../../../sources/otlp/index.ts';
import type { Decoder, DecoderContext } from './decoder.ts';
import { failAt } from './log.ts';

/** Largest request, and largest part of one file that is one request. */
const MAX_BYTES = 64 * 1024 * 1024;
/** Requests between two looks at what they brought. */
const FLUSH_AFTER = 64;

/** Traces as OTLP JSON: one request a line, as the Collector's file exporter writes them, or one in the
 *  whole file. */
export function createOtlp(context: DecoderContext, head: string): Decoder {
  const spans = new Spans(context);
  const lines = isOneALine(head)
    ? new Lines(MAX_BYTES, {
        line: (bytes, start, end, line) => spans.take(bytes.subarray(start, end), line),
        tooLong: (line) => context.sink.drop('request too large', 'unread', line),
      })
    : undefined;
  const elements = new JsonElements(['resourceSpans'], MAX_BYTES, {
    element: (bytes, line) => spans.take(Buffer.concat([BEFORE, bytes, BEHIND]), line),
    tooLarge: (line) => context.sink.drop('request too large', 'unread', line),
  });
  return {
    push: (chunk) => (lines ?? elements).push(chunk),
    end: () => {
      const problem = lines === undefined ? elements.end() : lines.end();
      spans.end();
      failAt(problem ?? undefined, context.file, 'trace file');
    },
  };
}

const BEFORE = Buffer.from('{"resourceSpans":[');
const BEHIND = Buffer.from(']}');

/** What is laid out for people begins with short lines. */
function isOneALine(head: string): boolean {
  return /^\{"resourceSpans":\[\{[^\n]*(?:\}\r?\n|$)/.test(head);
}

class Spans {
  readonly #context: DecoderContext;
  readonly #decoder: OtlpDecoder;
  readonly #windowMs: number;
  #waiting = 0;

  constructor(context: DecoderContext) {
    const limits = OtlpConfig.parse({});
    this.#context = context;
    this.#decoder = new OtlpDecoder(limits, { judge: context.judge });
    this.#windowMs = limits.pairWindowSeconds * 1_000;
  }

  take(body: Buffer, line: number): void {
    const { sink, clock } = this.#context;
    try {
      for (const { reason, count } of this.#decoder.take(body, 'json', clock()).counts) {
        const { of, outcome } = OTLP_REASONS[reason];
        if (of !== 'span') continue;
        sink.drop(`span: ${reason}`, outcome === 'refused' ? 'unread' : 'passed over', line, count);
      }
    } catch (thrown) {
      if (!(thrown instanceof Fault)) throw thrown;
      sink.drop('broken JSON', 'unread', line);
    }
    if (++this.#waiting >= FLUSH_AFTER) this.#flush(clock());
  }

  /** Callers whose other side never came are told once their time is over. */
  end(): void {
    const now = this.#context.clock();
    this.#flush(now);
    this.#flush(now + this.#windowMs + 2_000);
  }

  #flush(now: number): void {
    this.#waiting = 0;
    const { sightings, calls } = this.#decoder.flush(now);
    for (const sighting of sightings) this.#context.sink.take(sighting);
    for (const call of calls) this.#context.sink.takeCall(call);
  }
}
