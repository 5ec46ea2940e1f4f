import { z } from 'zod';
import { Fault } from '../../base/fault.ts';
import type { Severity } from '../../estate/index.ts';
import type { Usual } from '../baseline/index.ts';
import { copyHop, type Hop } from '../hop.ts';
import type { Sign } from '../model.ts';
import type { TracingNames } from '../names.ts';
import type { EstateView } from '../ports.ts';
import type { SeenSign } from '../seen-sign.ts';
import type { Detection, Saw } from './detection.ts';
import { isVisit, unusualOf } from './gate.ts';
import { newPlace, visited } from './kinds/new-place.ts';
import { Looks } from './looks.ts';
import { Repeats } from './repeats.ts';
import type { DetectionSettings } from './settings.ts';
import type { Subject } from './subject.ts';
import { SubjectMaker } from './subject-maker.ts';
import { DETECTIONS } from './table.ts';
import { UNUSUAL } from './unusual.ts';
import { type ShownSign, scopeKey, type Verdict, Verdicts } from './verdicts.ts';
import { Visits } from './visits.ts';
import { WEIGHT } from './weights.ts';
import { ago } from './words.ts';

const MINUTE = 60_000;
/** How often is asked anew what policy says of a call that goes on. */
const ASK_POLICY_MINUTES = 10;
const NONE: readonly SeenSign[] = [];
const NEWS = UNUSUAL.edge | UNUSUAL.endpoint;
const LEVELS: readonly Severity[] = ['info', 'low', 'medium', 'high', 'critical'];

export interface DetectorParts {
  readonly names: TracingNames;
  readonly estate: EstateView;
  /** What is usual for a hop; the same object may serve for all. */
  readonly baseline: { look(hop: Hop): Usual };
  readonly settings: DetectionSettings;
}

const DetectorState = z.strictObject({
  version: z.literal(1),
  verdicts: z.array(z.tuple([z.string(), z.enum(['expected', 'malicious'])])),
});
/** What people have said, as JSON values. */
export type DetectorState = z.infer<typeof DetectorState>;

/** Looks at each hop, before it is learnt, for what is unusual in it. */
export class Detector {
  readonly #parts: DetectorParts;
  readonly #subjects: SubjectMaker;
  readonly #repeats: Repeats;
  readonly #policy: Repeats;
  readonly #verdicts: Verdicts;
  readonly #visits = new Visits();
  readonly #looks: Looks;
  #isKeptApart = false;

  constructor(parts: DetectorParts) {
    const { names, estate, settings } = parts;
    this.#parts = parts;
    this.#subjects = new SubjectMaker(names, estate, settings.maxLookalikes);
    this.#repeats = new Repeats(settings.repeatMinutes * MINUTE);
    this.#policy = new Repeats(ASK_POLICY_MINUTES * MINUTE);
    this.#verdicts = new Verdicts(settings.maxAccepted);
    this.#looks = new Looks(settings.maxLooks);
  }

  /** Signs of a hop that the baseline has not learnt yet: mostly none, which costs comparisons only. One may be of an
   *  earlier hop, of which this one shows what it was. */
  judge(hop: Hop): readonly SeenSign[] {
    const usual = this.#parts.baseline.look(hop);
    this.#isKeptApart = false;
    const earlier = this.#visits.concerns(hop) ? this.#returned(hop, usual) : undefined;
    const signs = this.#look(hop, usual, unusualOf(hop, usual, this.#parts.settings));
    return earlier ? [...signs, earlier] : signs;
  }

  /** Whether the hop that was judged last is learnt apart: something telling was seen in it, or it is one more of a flood
   *  of such. */
  get isKeptApart(): boolean {
    return this.#isKeptApart;
  }

  /** Unusual hops that were not looked at, because their callers made too many of them. */
  get leftOut(): number {
    return this.#looks.leftOut;
  }

  /** Goes on in time. */
  tick(now: number): void {
    this.#looks.tick(now);
  }

  /** A person has said of a sign what it was. `expected`: the like is not told again; other kinds of signs are.
   *  `malicious`: the like says much more from now on. */
  accept(sign: ShownSign, verdict: Verdict): void {
    const key = keyOf(sign);
    if (key !== undefined) this.#verdicts.set(key, verdict);
  }

  /** What a person has said no longer holds. */
  forget(sign: ShownSign): void {
    const key = keyOf(sign);
    if (key !== undefined) this.#verdicts.delete(key);
  }

  snapshot(): DetectorState {
    return { version: 1, verdicts: this.#verdicts.entries() };
  }

  /** @throws {Fault} `tracing/state-malformed` */
  static restore(parts: DetectorParts, state: unknown): Detector {
    const parsed = DetectorState.safeParse(state);
    if (!parsed.success) {
      throw new Fault('tracing/state-malformed', 'what people said of signs cannot be read');
    }
    const detector = new Detector(parts);
    for (const [key, verdict] of parsed.data.verdicts) detector.#verdicts.set(key, verdict);
    return detector;
  }

  /** What goes on is looked at again as it grows, and else once in a while. */
  #isFirst(hop: Hop, usual: Usual, found: number): boolean {
    const grown = usual.fanOutNow + usual.endpointFanOutNow + usual.denialsNow + usual.failuresNow;
    const stage = (found & UNUSUAL.burst) === 0 ? 0 : Math.floor(Math.log2(grown + 1) * 2);
    return this.#repeats.isFirst(
      hop.at,
      hop.caller,
      hop.callee,
      hop.endpoint,
      (found & ~UNUSUAL.policy) | (stage << 16),
    );
  }

  #look(hop: Hop, usual: Usual, unusual: number): readonly SeenSign[] {
    const isPolicyDue = this.#policy.isDue(hop.at, hop.caller, hop.endpoint);
    const found = isPolicyDue ? unusual | UNUSUAL.policy : unusual;
    const visits = isVisit(hop, usual);
    if (!visits && (found === 0 || !this.#isFirst(hop, usual, found))) return NONE;
    if (!this.#looks.take(hop)) {
      this.#isKeptApart = this.#looks.hasTold(hop);
      return NONE;
    }
    const subject = this.#subjects.make(hop, usual);
    const signs = found === 0 ? NONE : this.#signs(subject, found);
    this.#isKeptApart = signs.some(isTelling);
    if (this.#isKeptApart) this.#looks.note(hop);
    if (visits && !signs.some(({ sign }) => sign.kind === newPlace.kind)) this.#hold(subject);
    return signs;
  }

  /** An identity is used where it never was: it is waited for what comes of it. */
  #hold(subject: Subject): void {
    const { hop, usual } = subject;
    const saw = visited(subject);
    const sign = toSign(newPlace, subject, saw);
    this.#visits.hold({
      seen: { sign, hop: copyHop(hop), group: groupOf(newPlace, sign), isNews: false },
      service: hop.caller,
      isProved: hop.proved !== 0,
      owner: usual.addressOwner,
      ownerQuietMs: usual.addressOwnerQuietMs,
    });
  }

  /** The sign of a visit that was none. */
  #returned(hop: Hop, usual: Usual): SeenSign | undefined {
    const found = this.#visits.resolve(hop, (one, other) => usual.areNeighbours(one, other));
    if (!found) return undefined;
    const { sign, hop: visit, group } = found.visit.seen;
    const verdict = this.#verdicts.of(sign, newPlace.scope);
    const score = sign.score + found.score + (verdict === 'malicious' ? WEIGHT.malicious : 0);
    if (verdict === 'expected' || !(score >= this.#parts.settings.leastNats)) return undefined;
    const id = this.#parts.names.services.text(found.service);
    const told = {
      ...sign,
      score: round(score),
      severity: levelOf(score / 2.5),
      traceId: visit.traceId,
      reason: `${sign.reason.replace(/\.$/, '')}; ${id.slice(id.lastIndexOf('/') + 1)} was seen there ${ago(Math.max(0, hop.at - visit.at))} later.`,
      evidence: { ...sign.evidence, runsThere: id },
    };
    return { sign: told, hop: visit, group, isNews: false, origin: found.service };
  }

  #signs(subject: Subject, found: number): readonly SeenSign[] {
    let signs: SeenSign[] | undefined;
    for (const detection of DETECTIONS) {
      if ((detection.when & found) === 0) continue;
      const saw = detection.look(subject);
      const seen = saw && this.#seen(detection, subject, saw);
      if (!seen) continue;
      signs ??= [];
      signs.push(seen);
    }
    return signs ?? NONE;
  }

  #seen(detection: Detection, subject: Subject, saw: Saw): SeenSign | undefined {
    const { leastNats } = this.#parts.settings;
    // too little, whatever people have said of it
    if (!(saw.score + WEIGHT.malicious >= leastNats)) return undefined;
    const sign = toSign(detection, subject, saw);
    const verdict = this.#verdicts.of(sign, detection.scope);
    const score = saw.score + (verdict === 'malicious' ? WEIGHT.malicious : 0);
    if (verdict === 'expected' || !(score >= leastNats)) return undefined;
    const hop = copyHop(subject.hop);
    const told = {
      ...sign,
      score: round(score),
      severity: severityOf(score, subject),
      traceId: hop.traceId,
    };
    const isNews = (detection.when & NEWS) !== 0 && (detection.when & UNUSUAL.policy) === 0;
    return { sign: told, hop, group: groupOf(detection, sign), isNews, origin: saw.origin };
  }
}

function keyOf(sign: ShownSign): string | undefined {
  const detection = DETECTIONS.find(({ kind }) => kind === sign.kind);
  return detection && scopeKey(sign, detection.scope);
}

function toSign({ kind, technique }: Detection, subject: Subject, saw: Saw): Sign {
  const { from, to, operation, hop } = subject;
  return {
    ...{ kind, technique, operation },
    severity: 'info',
    score: saw.score,
    reason: `${saw.reason}.`,
    evidence: Object.fromEntries(
      Object.entries(saw.evidence).map(([name, value]) => [name, plain(value)]),
    ),
    from: from.id,
    to: to.id,
    time: new Date(Math.min(8.64e15, Math.max(0, hop.at || 0))).toISOString(),
    traceId: null,
  };
}

/** What says less is learnt all the same: it happens everywhere. */
const TELLING_NATS = 2;

/** Whether a sign says so much that what it points at is not learnt as usual. */
function isTelling({ sign }: SeenSign): boolean {
  return sign.score >= TELLING_NATS;
}

/** What shows something of the caller, shows it in each of its calls. */
function groupOf({ kind, scope, cause }: Detection, sign: Sign): string {
  if (cause) return scopeKey(sign, cause);
  const { from, to } = sign;
  return scope.includes('to') ? `${kind}\n${from}\n${to}` : `${kind}\n${from}`;
}

/** One level for each two nats, and one more where the target holds what somebody would come for. */
function severityOf(score: number, { sensitivity }: Subject): Severity {
  return levelOf(score / 2.5 + (sensitivity.length > 0 ? 1 : 0));
}

function levelOf(steps: number): Severity {
  const level = Math.floor(steps);
  return LEVELS[Math.max(0, Math.min(LEVELS.length - 1, level))] ?? 'info';
}

function plain(value: string | number | readonly string[]): string | number | string[] {
  if (typeof value === 'number') return Number.isFinite(value) ? round(value) : -1;
  return typeof value === 'string' ? value : [...value];
}

function round(value: number): number {
  return Math.round(value * 1_000) / 1_000;
}
