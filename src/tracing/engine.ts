import { toOperation } from '../estate/index.ts';
import type { SpanBatch } from '../estate/spans/index.ts';
import { Baseline, type JudgedEdge } from './baseline/index.ts';
import { Detector, type ShownSign, type Verdict } from './detections/index.ts';
import { CallGraph, type EdgeSeen } from './graph/index.ts';
import { type Hop, OUTCOME, RANK } from './hop.ts';
import type { Alert } from './model.ts';
import { TracingNames } from './names.ts';
import { Assembler } from './pairing/index.ts';
import type { EstateView, Resolver } from './ports.ts';
import type { SeenSign } from './seen-sign.ts';
import { SensitiveEndpoints } from './sensitive-endpoints.ts';
import type { TracingSettings } from './settings.ts';
import { type EngineState, readEngineState, writeEngineState } from './state.ts';
import { finish, type Steps } from './steps.ts';
import { Stories } from './stories/index.ts';
import { type KeptTrace, TraceBuffer } from './traces/index.ts';

export interface EngineParts {
  readonly resolver: Resolver;
  readonly estate: EstateView;
  readonly settings: TracingSettings;
  /** Of hashes: random, where ids come from strangers. */
  readonly seed: number;
  /** A story is told, or there is more to tell of it. */
  readonly onAlert: (alert: Alert, isNew: boolean) => void;
  /** An alert has gone quiet: what comes now begins another. */
  readonly onAlertEnd?: (alertId: string) => void;
  /** Hears of each hop before it is judged and learnt; it is good during the call only. */
  readonly onHop?: (hop: Hop) => void;
  /** A trace that there is a reason to keep. Without it none is held. */
  readonly onKept?: (trace: KeptTrace) => void;
}

/** Follows the traces of an estate: who calls whom, what is usual and what is not, and the stories that this makes. All of
 *  it in one thread, on the clock that it is told. */
export class TracingEngine {
  readonly names: TracingNames;
  readonly graph: CallGraph;
  readonly baseline: Baseline;
  readonly assembler: Assembler;
  readonly traces: TraceBuffer | undefined;
  readonly #detector: Detector;
  readonly #stories: Stories;
  readonly #sensitive: SensitiveEndpoints;
  readonly #parts: EngineParts;
  /** Hops of engines before: numbers go on. */
  readonly #hopsBefore: number;
  readonly #mayBe = (principal: number, service: number): boolean =>
    this.assembler.mayBe(principal, service);
  #isLearning = false;
  #hopCount = 0;

  /** @param learnt by an engine before, as `snapshot` gave it
   *  @throws {Fault} `tracing/snapshot-malformed`, `tracing/state-malformed` */
  constructor(parts: EngineParts, learnt?: Buffer) {
    const { resolver, estate, settings, seed, onKept } = parts;
    const state = learnt && readEngineState(learnt);
    const isVouchedFor = (id: string): boolean => estate.service(id)?.isVouchedFor === true;
    const names = state
      ? TracingNames.restore(settings.names, state.names, isVouchedFor)
      : new TracingNames(settings.names, isVouchedFor);
    this.names = names;
    this.#parts = parts;
    this.#hopsBefore = state?.hops ?? 0;
    const { pairing: limits } = settings;
    this.assembler = new Assembler(
      { names, resolver, limits, seed },
      (hop) => this.#onHop(hop),
      (hops, count) => this.#bringNear(hops, count),
    );
    this.graph = new CallGraph(names, settings.graph);
    if (state) this.graph.restore(state.graph);
    const ofBaseline = { names, settings: settings.baseline, changes: estate };
    this.baseline = state ? Baseline.restore(state.baseline, ofBaseline) : new Baseline(ofBaseline);
    this.#detector = this.#makeDetector(state);
    this.#stories = this.#makeStories(state);
    this.traces = onKept && new TraceBuffer({ limits: settings.traces, resolver, seed });
    this.#sensitive = new SensitiveEndpoints(names, estate);
  }

  /** Requests between services until now. */
  get hopCount(): number {
    return this.#hopCount;
  }
  /** Unusual requests that were not looked at, because their callers made too many of them. */
  get looksLeftOut(): number {
    return this.#detector.leftOut;
  }
  /** Stories that are followed, alerts among them. */
  get storyCount(): number {
    return this.#stories.size;
  }

  /** @param now when it came, in milliseconds since 1970 */
  take(batch: SpanBatch, now: number): void {
    this.traces?.take(batch, now);
    this.assembler.take(batch, now);
  }

  /** Goes on in time: tells what has waited for long enough. */
  tick(now: number): void {
    this.assembler.tick(now);
    this.baseline.tick(now);
    this.#detector.tick(now);
    this.#stories.tick(now);
    if (this.traces) for (const trace of this.traces.tick(now)) this.#parts.onKept?.(trace);
  }

  /** The input has ended: tells all that waits. */
  finish(now: number): void {
    this.assembler.flush();
    this.tick(now);
    if (this.traces) for (const trace of this.traces.flush()) this.#parts.onKept?.(trace);
  }

  /** What comes until `startJudging` is as it should be: it is learnt, and not judged. */
  startLearning(): void {
    this.#isLearning = true;
  }
  startJudging(): void {
    if (this.#isLearning) this.baseline.acceptAll();
    this.#isLearning = false;
  }

  /** The estate is another than before: what was asked of it is asked again. */
  estateChanged(): void {
    this.assembler.forgetMeanings();
    this.#sensitive.forget();
  }

  /** A person has said what signs showed: the like is usual from now on, or never will be.
   *  @param alertIds of the stories that are over with it */
  learn(signs: readonly ShownSign[], verdict: Verdict, alertIds: readonly string[]): void {
    for (const sign of signs) {
      this.#detector.accept(sign, verdict);
      const edge = this.#edgeOf(sign);
      if (edge && verdict === 'expected') this.baseline.accept(edge);
      else if (edge) this.baseline.refuse(edge);
    }
    for (const alertId of alertIds) this.#stories.end(alertId);
  }

  /** What a person has said no longer holds: the verdict is the one that `learn` was told. */
  forget(signs: readonly ShownSign[], verdict: Verdict): void {
    for (const sign of signs) {
      this.#detector.forget(sign);
      const edge = this.#edgeOf(sign);
      if (edge) this.baseline.pardon(edge, verdict === 'expected' ? 'accept' : 'refuse');
    }
  }

  /** All that was learnt, for another engine; what waits for its other half is not in it. */
  snapshot(): Buffer {
    return Buffer.concat(finish(this.snapshotSteps()));
  }

  /** The same in parts, and in steps between which spans may be taken: what they teach may be in it or not. */
  *snapshotSteps(): Steps<Uint8Array[]> {
    const baseline = yield* this.baseline.snapshotSteps();
    const graph = yield* this.graph.snapshotSteps();
    // at one stroke, and last: numbers that stories have are of hops until now, and of names that there are now
    const state = {
      hops: this.#hopsBefore + this.#hopCount,
      names: this.names.snapshot(),
      detector: this.#detector.snapshot(),
      stories: this.#stories.snapshot(),
    };
    return yield* writeEngineState({ ...state, baseline, graph });
  }

  /** Has a trace that a person looks at kept. */
  keep(traceId: string): void {
    this.traces?.keep(traceId, 'asked');
  }

  #bringNear(hops: readonly Hop[], count: number): void {
    for (let one = 0; one < count; one++) {
      const hop = hops[one];
      if (hop === undefined) continue;
      hop.id += this.#hopsBefore;
      if (hop.parent !== 0) hop.parent += this.#hopsBefore;
    }
    this.graph.bringNear(hops, count);
    this.baseline.bringNear(hops, count);
  }

  #onHop(hop: Hop): void {
    this.#hopCount++;
    // where only the side that called was seen, it says where it runs
    if (hop.address === 0 && hop.isUnanswered) hop.address = hop.callerInstance;
    if (!hop.isMessage) this.#settleCaller(hop);
    this.#parts.onHop?.(hop);
    const edge = this.graph.count(hop);
    const signs = this.#isLearning ? NONE : this.#detector.judge(hop);
    this.baseline.learn(hop, !this.#isLearning && this.#detector.isKeptApart);
    if (this.traces) this.#keepFor(hop, edge, this.traces);
    this.#stories.take(hop, signs);
  }

  #settleCaller(hop: Hop): void {
    if (hop.caller === 0) this.#findCaller(hop);
    else if (hop.proved === 0 && hop.intended !== hop.callee) this.#findBetween(hop);
  }

  /** Where nobody says who called, the place that it came from may. */
  #findCaller(hop: Hop): void {
    const caller = this.baseline.callerByPlace(hop, this.#mayBe);
    hop.rank = caller === 0 ? RANK.none : Math.max(hop.rank, RANK.asserted);
    if (caller === 0) return;
    hop.caller = caller;
    hop.isEntry = false;
  }

  /** A service that tells nothing sends on the context that it was called with, and so what it asks for looks as if its caller
   *  had: the request came from the one that the caller called, where that is known to run there, or nothing is known of it. */
  #findBetween(hop: Hop): void {
    const { intended, callee } = hop;
    if (intended === 0 || !this.#isService(intended) || !this.#isService(callee)) return;
    const place = this.baseline.callerByPlace(hop, this.#mayBe);
    if (place !== intended && (hop.address !== 0 || hop.principal !== 0)) return;
    hop.caller = intended;
    hop.claimed = 0;
  }

  #isService(number: number): boolean {
    const known = this.#parts.estate.service(this.names.services.text(number));
    return known?.isVouchedFor === true && known.kind !== 'external';
  }

  #makeDetector(state: EngineState | undefined): Detector {
    const { names, baseline } = this;
    const { estate, settings } = this.#parts;
    const parts = { names, estate, baseline, settings: settings.detections };
    return state ? Detector.restore(parts, state.detector) : new Detector(parts);
  }

  #makeStories(state: EngineState | undefined): Stories {
    const { estate, settings, onAlertEnd } = this.#parts;
    const parts = {
      ...{ names: this.names, estate, settings: settings.stories },
      onAlert: (alert: Alert, isNew: boolean) => this.#onAlert(alert, isNew),
      ...(onAlertEnd && { onEnd: onAlertEnd }),
    };
    return state ? Stories.restore(parts, state.stories) : new Stories(parts);
  }

  #keepFor(hop: Hop, edge: EdgeSeen, traces: TraceBuffer): void {
    if (edge.isNewEdge || edge.isNewEndpointEdge) traces.keep(hop.trace, 'new-edge');
    if (hop.outcome === OUTCOME.denied) traces.keep(hop.trace, 'denial');
    if (hop.claimed !== 0 && hop.proved !== 0 && hop.claimed !== hop.proved) {
      traces.keep(hop.trace, 'contradiction');
    }
    if (this.#sensitive.has(hop.endpoint)) traces.keep(hop.trace, 'sensitive');
  }

  #onAlert(alert: Alert, isNew: boolean): void {
    for (const traceId of alert.traceIds) this.traces?.keep(traceId, 'alert');
    this.#parts.onAlert(alert, isNew);
  }

  #edgeOf({ from, to, operation }: ShownSign): JudgedEdge | undefined {
    const { services, endpoints } = this.names;
    const [caller, callee] = [services.find(from), services.find(to)];
    if (callee === 0) return undefined;
    const asked = toOperation(operation);
    if (!asked) return { caller, callee };
    const { protocol, method, template } = asked;
    const endpoint = endpoints.find(`${callee} ${protocol} ${method} ${template}`);
    return { caller, callee, ...(endpoint !== 0 && { endpoint }) };
  }
}

const NONE: readonly SeenSign[] = [];
