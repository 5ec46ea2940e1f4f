import {
  SIDE,
  SPAN_FIELD,
  SPAN_FLAG,
  SPAN_WORDS,
  type SpanBatch,
} from '../../../src/estate/spans/index.ts';

interface Waiting {
  readonly service: string;
  readonly isCaller: boolean;
  readonly since: number;
}
interface Edge {
  requests: number;
  failed: number;
  seconds: number;
}

const SIDE_BITS = 0xff;
/** As the collector's connector for graphs of services has it. */
const TTL_MS = 2_000;

/** What an edge of two services costs at least: both sides meet in a map under trace and span, and are counted by the names
 *  of their services, as the collector's `servicegraph` connector does. No endpoints, identities, parents, or memory of
 *  what came before. */
export class MapPairing {
  readonly edges = new Map<string, Edge>();
  readonly #waiting = new Map<string, Waiting>();

  take({ words, count, parties }: SpanBatch, now: number): void {
    this.#expire(now);
    for (let row = 0; row < count; row++) {
      const at = row * SPAN_WORDS;
      const side = words[at + SPAN_FIELD.side] ?? 0;
      const isCaller = (side & SIDE_BITS) === SIDE.caller;
      const party = parties[(words[at + SPAN_FIELD.service] ?? 0) - 1];
      const service = party && 'name' in party ? party.name : '';
      const key = keyOf(words, at, isCaller ? SPAN_FIELD.span : SPAN_FIELD.parent);
      const other = this.#waiting.get(key);
      if (other === undefined || other.isCaller === isCaller) {
        this.#waiting.set(key, { service, isCaller, since: now });
        continue;
      }
      this.#waiting.delete(key);
      const edge = isCaller ? `${service} ${other.service}` : `${other.service} ${service}`;
      this.#count(edge, (side & SPAN_FLAG.failed) !== 0, words[at + SPAN_FIELD.duration] ?? 0);
    }
  }

  #count(key: string, hasFailed: boolean, micros: number): void {
    let edge = this.edges.get(key);
    if (edge === undefined) {
      edge = { requests: 0, failed: 0, seconds: 0 };
      this.edges.set(key, edge);
    }
    edge.requests++;
    if (hasFailed) edge.failed++;
    edge.seconds += micros / 1e6;
  }

  #expire(now: number): void {
    for (const [key, { since }] of this.#waiting) {
      if (now - since < TTL_MS) return;
      this.#waiting.delete(key);
    }
  }
}

function keyOf(words: Uint32Array, at: number, span: number): string {
  const half = (word: number) => words[at + word] ?? 0;
  return String.fromCharCode(
    ...[half(0) & 0xffff, half(0) >>> 16, half(1) & 0xffff, half(1) >>> 16],
    ...[half(2) & 0xffff, half(2) >>> 16, half(3) & 0xffff, half(3) >>> 16],
    ...[half(span) & 0xffff, half(span) >>> 16, half(span + 1) & 0xffff, half(span + 1) >>> 16],
  );
}
