import { z } from 'zod';
import { RankWord } from '../../model.ts';
import type { PolicyWord, TracedOperation } from '../../ports.ts';
import { KEEP_REASONS } from '../kept-trace.ts';

/** What the policy in force says of a call. */
export type JudgeCall = (
  caller: string,
  callee: string,
  operation: TracedOperation | undefined,
) => PolicyWord;

/** What is to be known before a row is believed. `parent missing`: what it was part of was not seen, and stands in as a
 *  virtual row; `parent guessed`: by service and time alone; `clock shifted`: its host's clock is behind that of whoever
 *  called it, so that it is shown `shiftedMs` later; `cycle`: its parents lead back to itself. */
export const WATERFALL_NOTES = [
  'parent missing',
  'parent guessed',
  'clock shifted',
  'cycle',
] as const;
export type WaterfallNote = (typeof WATERFALL_NOTES)[number];

/** One request: all spans that tell of it together. */
export const WaterfallRow = z.strictObject({
  /** Place of the row that it is part of; it stands before this one. */
  parent: z.int().nullable(),
  depth: z.int(),
  /** Service ids; `from` is null where it came in from outside, or nobody says, `to` where nobody says who was called. */
  from: z.string().nullable(),
  to: z.string().nullable(),
  /** `POST /v1/charges`; `*` where it is not known. */
  operation: z.string(),
  /** From the beginning of the trace. */
  offsetMs: z.number(),
  durationMs: z.number(),
  /** How long the caller waited; null where he does not tell. */
  waitedMs: z.number().nullable(),
  /** 0: not told. */
  status: z.number(),
  outcome: z.enum(['ok', 'failed', 'denied']),
  evidence: RankWord,
  /** The caller's identity that was proved, and who he says that he is. */
  principal: z.string().nullable(),
  claimed: z.string().nullable(),
  /** The proved identity is of somebody else than he says. */
  contradicts: z.boolean(),
  policy: z.enum(['declared', 'undeclared', 'forbidden', 'unknown']),
  /** Nobody tells of it: it stands for what others are part of. */
  isVirtual: z.boolean(),
  /** Nobody but the caller tells of it. */
  isHalf: z.boolean(),
  notes: z.array(z.enum(WATERFALL_NOTES)),
  shiftedMs: z.number(),
  /** Requests that it stands for. */
  count: z.number(),
  spanIds: z.array(z.string()),
});
export type WaterfallRow = z.infer<typeof WaterfallRow>;

/** A trace as people read it: rows in the order of a tree, each behind what it is part of. */
export const Waterfall = z.strictObject({
  traceId: z.string(),
  reasons: z.array(z.enum(KEEP_REASONS)),
  /** RFC 3339. */
  time: z.string(),
  durationMs: z.number(),
  services: z.array(z.string()),
  rows: z.array(WaterfallRow),
  /** Spans that are not shown, since there were too many; and spans that were reported more than once. */
  cut: z.int(),
  duplicates: z.int(),
});
export type Waterfall = z.infer<typeof Waterfall>;
