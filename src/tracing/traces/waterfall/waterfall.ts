import { writeOperation } from '../../../estate/index.ts';
import type { KeptSpan, KeptTrace } from '../kept-trace.ts';
import { type Timing, timesOf } from './clocks.ts';
import type { JudgeCall, Waterfall, WaterfallNote, WaterfallRow } from './model.ts';
import { type Request, requestsOf } from './requests.ts';
import { treesOf, unique } from './tree.ts';

/** Spans of one trace that are shown. */
export const MAX_SHOWN_SPANS = 2_000;
/** Clocks that are kept in step differ by this much. */
const IN_STEP_MS = 1;
/** @see ECMA-262 §21.4.1.1 */
const MAX_TIME = 8.64e15;

/** What a kept trace says of its requests: what led to what, when, who called by which evidence, and what the policy says
 *  of it. Of more than `MAX_SHOWN_SPANS` spans the first are shown. */
export function waterfall(trace: KeptTrace, judged: JudgeCall): Waterfall {
  const spans = unique(trace.spans).sort((a, b) => a.start - b.start);
  const shown = spans.slice(0, MAX_SHOWN_SPANS);
  const requests = requestsOf(treesOf(shown));
  const times = timesOf(requests);
  const all = [...times.values()];
  const start = all.reduce((first, one) => Math.min(first, one.start), Infinity);
  const end = all.reduce((last, one) => Math.max(last, one.start + one.durationMs), start);
  const rows = new Rows(start, times, judged);
  return {
    traceId: trace.id,
    reasons: trace.reasons,
    time: toTime(start),
    durationMs: requests.length === 0 ? 0 : end - start,
    services: trace.services,
    rows: requests.map((request) => rows.add(request)),
    cut: trace.cut + spans.length - shown.length,
    duplicates: trace.spans.length - spans.length,
  };
}

function toTime(start: number): string {
  return new Date(Math.abs(start) <= MAX_TIME ? start : 0).toISOString();
}

class Rows {
  readonly #start: number;
  readonly #times: ReadonlyMap<Request, Timing>;
  readonly #judged: JudgeCall;
  readonly #rows = new Map<Request, WaterfallRow & { readonly place: number }>();

  constructor(start: number, times: ReadonlyMap<Request, Timing>, judged: JudgeCall) {
    this.#start = start;
    this.#times = times;
    this.#judged = judged;
  }

  /** @param request whose parent was added before */
  add(request: Request): WaterfallRow {
    const parent = request.parent && this.#rows.get(request.parent);
    const { caller, called, spans } = request;
    const { start, durationMs, shiftedMs } = this.#times.get(request) ?? NO_TIMING;
    const who = callerOf(request, parent?.to ?? null);
    const to = called?.service ?? caller?.peer ?? null;
    const operation = called?.operation ?? caller?.operation ?? undefined;
    const isJudged = who.from !== null && to !== null;
    const row: WaterfallRow = {
      parent: parent?.place ?? null,
      depth: request.depth,
      from: who.from,
      to: spans.length === 0 ? request.owner : to,
      operation: operation ? writeOperation(operation) : '*',
      offsetMs: start - this.#start,
      durationMs,
      waitedMs: caller && called ? caller.durationMs : null,
      status: called?.status || caller?.status || 0,
      outcome: outcomeOf(spans),
      ...{ evidence: who.evidence, principal: who.principal, claimed: who.claimed },
      contradicts: who.contradicts,
      policy: isJudged ? this.#judged(who.from ?? '', to ?? '', operation) : 'unknown',
      isVirtual: spans.length === 0,
      isHalf: called === undefined && spans.length > 0,
      notes: notesOf(request, shiftedMs),
      shiftedMs,
      count: Math.max(1, ...spans.map(({ count }) => count)),
      spanIds: [...new Set(spans.flatMap(({ id }) => id ?? []))],
    };
    this.#rows.set(request, { ...row, place: this.#rows.size });
    return row;
  }
}

const NO_TIMING: Timing = { start: 0, durationMs: 0, shiftedMs: 0 };

type Who = Pick<WaterfallRow, 'from' | 'evidence' | 'principal' | 'claimed' | 'contradicts'>;

/** Who called: the proved one where that is one service, else who he says, else whose request it is part of. */
function callerOf({ caller, called, spans }: Request, around: string | null): Who {
  const proof = spans.find(({ principal }) => principal !== null);
  const claimed = caller?.service ?? called?.peer ?? around;
  const proved = proof?.proved ?? [];
  const [only] = proved.length === 1 ? proved : [];
  return {
    from: only ?? claimed,
    evidence: proof ? 'authenticated' : claimed === null ? 'none' : 'asserted',
    principal: proof?.principal ?? null,
    claimed,
    contradicts: claimed !== null && proved.length > 0 && !proved.includes(claimed),
  };
}

function outcomeOf(spans: readonly KeptSpan[]): WaterfallRow['outcome'] {
  if (spans.some(({ isDenied, status }) => isDenied || status === 401 || status === 403)) {
    return 'denied';
  }
  return spans.some(({ isFailed, status }) => isFailed || status >= 500) ? 'failed' : 'ok';
}

function notesOf({ isOrphan, isGuessed, isCycle }: Request, shiftedMs: number): WaterfallNote[] {
  const said: readonly (readonly [WaterfallNote, boolean])[] = [
    ['parent missing', isOrphan],
    ['parent guessed', isGuessed],
    ['clock shifted', shiftedMs >= IN_STEP_MS],
    ['cycle', isCycle],
  ];
  return said.filter(([, holds]) => holds).map(([note]) => note);
}
