import {
  SIDE,
  SPAN_FIELD,
  SPAN_FLAG,
  SPAN_WORDS,
  type SpanParty,
  toHex,
} from '../../estate/spans/index.ts';
import type { Resolver } from '../ports.ts';
import type { BatchNames } from './batch-names.ts';
import { type KeptSpan, SpanSide } from './kept-trace.ts';
import type { RowSlab } from './row-slab.ts';

const SIDE_BITS = 0xff;
const SIDES = new Map<number, SpanSide>(SpanSide.options.map((side) => [SIDE[side], side]));
/** @see ECMA-262 §21.4.1.1 */
const MAX_TIME = 8.64e15;
/** Where a name was left out, since there were too many. */
const UNNAMED = 'unknown';

/** A held row with names in the place of numbers. */
export function readSpan(
  slab: RowSlab,
  row: number,
  names: BatchNames,
  resolver: Resolver,
): KeptSpan {
  const at = row * SPAN_WORDS;
  const word = (field: number) => slab.words[at + field] ?? 0;
  const text = (field: number) => names.text(word(field)) ?? null;
  const idOf = (party: SpanParty | undefined) => (party ? resolver.service(party) : null);
  const side = SIDES.get(word(SPAN_FIELD.side) & SIDE_BITS) ?? 'called';
  const service = idOf(names.party(word(SPAN_FIELD.service))) ?? UNNAMED;
  const peer = idOf(names.party(word(SPAN_FIELD.peer)));
  const principal = text(SPAN_FIELD.principal);
  const operation = names.operation(word(SPAN_FIELD.operation));
  const callee = side === 'caller' || side === 'producer' ? (peer ?? UNNAMED) : service;
  return {
    id: toHex(slab.words, at + SPAN_FIELD.span, 2) ?? null,
    parentId: toHex(slab.words, at + SPAN_FIELD.parent, 2) ?? null,
    start: finite(slab.startOf(at + SPAN_FIELD.start)),
    durationMs: word(SPAN_FIELD.duration) / 1_000,
    side,
    service,
    operation: operation ? toTemplate(resolver.endpoint(callee, operation)) : null,
    peer,
    principal,
    proved: principal === null ? [] : [...resolver.servicesOf(principal)],
    address: text(SPAN_FIELD.address),
    instance: text(SPAN_FIELD.instance),
    version: text(SPAN_FIELD.version),
    status: word(SPAN_FIELD.status),
    isFailed: (word(SPAN_FIELD.side) & SPAN_FLAG.failed) !== 0,
    isDenied: (word(SPAN_FIELD.side) & SPAN_FLAG.denied) !== 0,
    isOperational: (word(SPAN_FIELD.side) & SPAN_FLAG.operational) !== 0,
    count: word(SPAN_FIELD.count),
    links: names.linksOf(row).map((id) => ({
      traceId: toHex(id, 0, 4) ?? '',
      spanId: toHex(id, 4, 2) ?? '',
    })),
  };
}

/** A sender's clock may have any bits. */
function finite(time: number): number {
  return Math.abs(time) <= MAX_TIME ? time : 0;
}

/** Only what is wanted of it, whatever else the resolver gives. */
function toTemplate({ protocol, method, template }: NonNullable<KeptSpan['operation']>) {
  return { protocol, method, template };
}
