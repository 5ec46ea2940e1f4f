import type { Sighting } from './index.ts';

/** Samples of payloads, and what became of them. Values are judged where they come in, and are in none
 *  of what is kept: only names of kinds and counts are. */

/** Which way a payload went. The query of an address and a message are of the request. */
export const PAYLOAD_PARTS = ['requests', 'responses'] as const;
export type PayloadPart = (typeof PAYLOAD_PARTS)[number];

/** How many requests or answers were judged, and how many of them held each kind of value. */
export interface SampleCount {
  readonly judged: number;
  readonly found: Readonly<Record<string, number>>;
}
export type PayloadSamples = { readonly [Part in PayloadPart]?: SampleCount | undefined };

/** A payload as it came in. Whoever judges it keeps nothing of it. */
export interface PayloadSample {
  /** Of what it is a sample. */
  readonly operation: Pick<Sighting, 'service' | 'method' | 'path' | 'route'>;
  readonly part: PayloadPart;
  /** Good during the call only. */
  readonly content: string | Uint8Array;
  /** `query`: what stands behind `?`; `base64`: a body, encoded. */
  readonly form: 'query' | 'body' | 'base64';
  /** As sent, with its parameters; absent where the source does not tell. */
  readonly mediaType?: string | undefined;
}

/** Judges a payload: the kinds of values in it, or undefined where it was not looked at. Never throws.
 *  Sources are given one only where samples are allowed; else they look at no value. */
export type JudgePayload = (sample: PayloadSample) => readonly string[] | undefined;

/** Judges all payloads of one exchange. What several of them held counts once, for the exchange. */
export function judgeExchange(
  judge: JudgePayload,
  payloads: Iterable<PayloadSample>,
): PayloadSamples | undefined {
  const kinds: Partial<Record<PayloadPart, Set<string>>> = {};
  for (const payload of payloads) {
    const found = judge(payload);
    if (found === undefined) continue;
    kinds[payload.part] ??= new Set();
    for (const kind of found) kinds[payload.part]?.add(kind);
  }
  const parts = PAYLOAD_PARTS.flatMap((part) => {
    const found = kinds[part];
    return found === undefined ? [] : [[part, toCount(found)] as const];
  });
  return parts.length === 0 ? undefined : Object.fromEntries(parts);
}

function toCount(kinds: Iterable<string>): SampleCount {
  return { judged: 1, found: Object.fromEntries([...kinds].map((kind) => [kind, 1])) };
}

/** The sum of two; in any order. */
export function addSamples(
  a: PayloadSamples | undefined,
  b: PayloadSamples | undefined,
): PayloadSamples | undefined {
  if (a === undefined || b === undefined) return a ?? b;
  return Object.fromEntries(
    PAYLOAD_PARTS.flatMap((part) => {
      const sum = addCounts(a[part], b[part]);
      return sum === undefined ? [] : [[part, sum] as const];
    }),
  );
}

function addCounts(a: SampleCount | undefined, b: SampleCount | undefined) {
  if (a === undefined || b === undefined) return a ?? b;
  const found = { ...a.found };
  for (const [kind, count] of Object.entries(b.found)) found[kind] = (found[kind] ?? 0) + count;
  return { judged: a.judged + b.judged, found };
}
