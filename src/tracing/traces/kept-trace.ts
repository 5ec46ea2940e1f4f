import { z } from 'zod';
import { Protocol } from '../../estate/index.ts';

/** Why a trace is kept whole; the strongest first. `asked`: a person wants to see it. */
export const KEEP_REASONS = [
  'alert',
  'contradiction',
  'denial',
  'new-edge',
  'sensitive',
  'asked',
] as const;
export type KeepReason = (typeof KEEP_REASONS)[number];

/** Which side of a request a span tells of, as in `SIDE`. */
export const SpanSide = z.enum(['called', 'caller', 'producer', 'consumer', 'both']);
export type SpanSide = z.infer<typeof SpanSide>;

/** One span of a kept trace, with names in the place of numbers. Paths are templates: what was in their parameters is
 *  not kept. */
export const KeptSpan = z.strictObject({
  /** Hexadecimal; null where the reporter knows of none. */
  id: z.string().nullable(),
  parentId: z.string().nullable(),
  /** Milliseconds since 1970, on the clock of its host. */
  start: z.number(),
  durationMs: z.number(),
  side: SpanSide,
  /** Id of the service that tells it, or that its proxy tells it for. */
  service: z.string(),
  operation: z
    .strictObject({ protocol: Protocol, method: z.string(), template: z.string() })
    .nullable(),
  /** The caller's side: whom it asked, as far as it knows. Else: who asked, by his own word. */
  peer: z.string().nullable(),
  /** The caller's identity that was proved to the reporter, and the services that go by it. */
  principal: z.string().nullable(),
  proved: z.array(z.string()),
  /** Where the request came from; where the service ran; what it ran. */
  address: z.string().nullable(),
  instance: z.string().nullable(),
  version: z.string().nullable(),
  /** 0: not told. */
  status: z.number(),
  isFailed: z.boolean(),
  isDenied: z.boolean(),
  isOperational: z.boolean(),
  /** Requests that it stands for. */
  count: z.number(),
  /** Spans that it continues without being their child. */
  links: z.array(z.strictObject({ traceId: z.string(), spanId: z.string() })),
});
export type KeptSpan = z.infer<typeof KeptSpan>;

/** A trace that is kept whole, with why. Spans stand in the order in which they came. */
export const KeptTrace = z.strictObject({
  /** 32 hexadecimal digits. */
  id: z.string(),
  reasons: z.array(z.enum(KEEP_REASONS)),
  /** Milliseconds since 1970: when its first span began, and when its last one ended. */
  firstTime: z.number(),
  lastTime: z.number(),
  /** Ids, sorted: who told something, and who was called. */
  services: z.array(z.string()),
  spans: z.array(KeptSpan),
  /** Spans that came and are not here, since there were too many. */
  cut: z.number(),
});
export type KeptTrace = z.infer<typeof KeptTrace>;

/** What a trace with these spans is.
 *  @param spans at least one */
export function toKeptTrace(
  id: string,
  reasons: readonly KeepReason[],
  spans: KeptSpan[],
  cut: number,
): KeptTrace {
  let firstTime = Infinity;
  let lastTime = -Infinity;
  const services = new Set<string>();
  for (const { start, durationMs, service, peer, side } of spans) {
    firstTime = Math.min(firstTime, start);
    lastTime = Math.max(lastTime, start + durationMs);
    services.add(service);
    if (peer !== null && isCalling(side)) services.add(peer);
  }
  return {
    id,
    reasons: KEEP_REASONS.filter((reason) => reasons.includes(reason)),
    firstTime,
    lastTime,
    services: [...services].sort(),
    spans,
    cut,
  };
}

/** Whether a span tells of a request that its service sends. */
export function isCalling(side: SpanSide): boolean {
  return side === 'caller' || side === 'producer';
}

/** What equal spans have in common: one that is reported twice is one. */
export function keyOfSpan(span: KeptSpan): string {
  const { id, side, service, start, operation } = span;
  if (id !== null) return `${id} ${side} ${service}`;
  const { method = '', template = '' } = operation ?? {};
  return `- ${side} ${service} ${start} ${span.peer} ${method} ${template}`;
}

/** A trace that came in two parts: what was kept of it before, and what came later. */
export function mergeTraces(before: KeptTrace, later: KeptTrace, maxSpans: number): KeptTrace {
  const spans = new Map(before.spans.map((span) => [keyOfSpan(span), span]));
  let cut = Math.max(before.cut, later.cut);
  for (const span of later.spans) {
    const key = keyOfSpan(span);
    if (spans.has(key)) continue;
    if (spans.size < maxSpans) spans.set(key, span);
    else cut++;
  }
  return toKeptTrace(before.id, [...before.reasons, ...later.reasons], [...spans.values()], cut);
}
