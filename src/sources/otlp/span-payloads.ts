import {
  type JudgePayload,
  judgeExchange,
  type PayloadPart,
  type PayloadSample,
  type PayloadSamples,
} from '../../estate/sighting/index.ts';
import { RequestTarget } from './meaning/index.ts';
import { ROLE, SPAN_KIND, type SpanFields } from './reading/index.ts';

type Operation = PayloadSample['operation'];

const BODIES: readonly (readonly [role: number, part: PayloadPart])[] = [
  [ROLE.requestBody, 'requests'],
  [ROLE.responseBody, 'responses'],
];

/** Has the payloads judged that spans bring: bodies that an agent was told to capture, and queries. */
export class SpanPayloads {
  readonly #judge: JudgePayload;
  readonly #target = new RequestTarget();

  constructor(judge: JudgePayload) {
    this.#judge = judge;
  }

  /** Whether a span brings any. */
  areIn(span: SpanFields): boolean {
    return this.#hasQuery(span) || span.has(ROLE.requestBody) || span.has(ROLE.responseBody);
  }

  /** What they held; undefined where none was judged. */
  judge(span: SpanFields, operation: Operation): PayloadSamples | undefined {
    const payloads: PayloadSample[] = [];
    for (const [role, part] of BODIES) {
      if (!span.has(role)) continue;
      const content = span.bytes.subarray(span.start(role), span.end(role));
      payloads.push({ operation, part, content, form: 'body' });
    }
    if (this.#hasQuery(span)) {
      const content = span.bytes.subarray(this.#target.queryAt, this.#target.queryEnd);
      payloads.push({ operation, part: 'requests', content, form: 'query' });
    }
    return judgeExchange(this.#judge, payloads);
  }

  #hasQuery(span: SpanFields): boolean {
    if (span.kind !== SPAN_KIND.server) return false;
    this.#target.locate(span);
    return this.#target.queryEnd > this.#target.queryAt;
  }
}
