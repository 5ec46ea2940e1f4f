import {
  SIDE,
  SPAN_FLAG,
  type SpanOperation,
  type SpanParty,
} from '../../../src/estate/spans/index.ts';
import type { Endpoint, Pod, Workload } from './model.ts';
import type { Random } from './random.ts';
import type { Disguise } from './requests.ts';
import { Row, type Rows } from './rows.ts';
import { NOISE } from './settings.ts';

/** One request, as both sides have it. */
export interface Asked {
  /** Null: from outside. */
  readonly caller: Workload | null;
  readonly callerPod: Pod | null;
  readonly callee: Workload;
  readonly calleePod: Pod;
  /** Null: it was asked for something that does not exist. */
  readonly endpoint: Endpoint | null;
  readonly operation: Pick<Endpoint, 'protocol' | 'method' | 'template'>;
  readonly at: number;
  readonly callerTrace: Uint32Array;
  readonly callerParent: Uint32Array;
  readonly callerSpan: Uint32Array;
  /** As the side that is called has it. */
  readonly trace: Uint32Array;
  readonly parent: Uint32Array;
  readonly calleeSpan: Uint32Array;
  readonly isSampled: boolean;
  readonly status: number;
  readonly isMessage: boolean;
  readonly disguise?: Disguise;
}

const NO_TRACE = new Uint32Array(4);
const NO_SPAN = new Uint32Array(2);
const FRONT_DOORS = ['10.250.0.1', '10.250.0.2', '10.250.0.3'];

export function tellsItself({ reporter }: Workload): boolean {
  return reporter === 'own' || reporter === 'own and proxy';
}

/** Whoever lies about its name has instrumentation, to lie with. */
export function tellsCalls(caller: Workload, disguise: Disguise = {}): boolean {
  return (tellsItself(caller) || disguise.claimed !== undefined) && disguise.isBare !== true;
}

/** What is told of requests: by the instrumentation of both sides, and by proxies. */
export class Reports {
  readonly #random: Random;
  readonly #rows: Rows;
  readonly #row = new Row();

  constructor(random: Random, rows: Rows) {
    this.#random = random;
    this.#rows = rows;
  }

  /** @param delay between what was sent and what was taken, for messages */
  tell(asked: Asked, took: number, delay: number): void {
    const { caller, callee, isSampled, isMessage, disguise } = asked;
    const isProxied = callee.reporter !== 'own' && callee.reporter !== 'nobody';
    if (isSampled && tellsItself(callee)) this.#tellCalled(asked, took, delay);
    if (isProxied && !isMessage) this.#tellBoth(asked, took);
    if (isSampled && caller && tellsCalls(caller, disguise)) this.#tellCaller(asked, took);
  }

  #tellCaller(asked: Asked, took: number): void {
    const { caller, callerPod, callee, callerTrace, callerParent, callerSpan, isMessage } = asked;
    if (!caller || !callerPod) return;
    const row = this.#begin(asked, caller, isMessage ? SIDE.producer : SIDE.caller, took);
    row.traceId = callerTrace;
    row.parent = callerParent;
    row.span = callerSpan;
    row.service = asked.disguise?.claimed ?? this.claim(caller);
    row.peer = isMessage ? 0 : this.#target(callee);
    row.operation = this.#operation(asked, 'PUBLISH');
    row.instance = this.#rows.text(callerPod.address);
    row.version = this.#version(caller, callerPod);
    this.#write();
  }

  #tellCalled(asked: Asked, took: number, delay: number): void {
    const { callee, trace, parent, calleeSpan, isMessage } = asked;
    const row = this.#begin(asked, callee, isMessage ? SIDE.consumer : SIDE.called, took);
    row.at += isMessage ? delay : 0;
    row.traceId = trace;
    row.parent = parent;
    row.span = calleeSpan;
    row.operation = this.#operation(asked, 'SUBSCRIBE');
    if (callee.reporter === 'own' && !isMessage) this.#prove(asked);
    if (isMessage) this.#linkTo(asked);
    row.side |= hasParent(parent) ? SPAN_FLAG.hasContext : 0;
    this.#write();
  }

  #tellBoth(asked: Asked, took: number): void {
    const { callee, trace, parent } = asked;
    const row = this.#begin(asked, callee, SIDE.both, took);
    const isBlind = callee.reporter === 'blind proxy';
    row.traceId = isBlind ? NO_TRACE : trace;
    row.parent = isBlind ? NO_SPAN : parent;
    row.operation = this.#operation(asked, 'PUBLISH');
    this.#prove(asked);
    row.side |= isBlind || hasParent(parent) ? SPAN_FLAG.hasContext : 0;
    if (asked.status === 403) row.side |= SPAN_FLAG.denied;
    this.#write();
  }

  #begin(asked: Asked, teller: Workload, side: number, took: number): Row {
    const row = this.#row;
    row.at = asked.at + teller.skewMs;
    row.durationMs = took;
    row.side = side | (asked.status >= 500 ? SPAN_FLAG.failed : 0);
    row.status = asked.isMessage ? 0 : asked.status;
    row.span = NO_SPAN;
    row.service = this.claim(teller);
    row.peer = 0;
    row.principal = 0;
    row.address = 0;
    row.instance = this.#rows.text(asked.calleePod.address);
    row.version = this.#version(asked.callee, asked.calleePod);
    row.link = null;
    return row;
  }

  /** Who called, as the side that was called knows it by the connection. */
  #prove({ caller, callerPod, callee, disguise }: Asked): void {
    const own = caller?.account?.principal ?? null;
    const principal = disguise?.principal === undefined ? own : disguise.principal;
    if (principal !== null && callee.account) this.#row.principal = this.#rows.text(principal);
    const address = disguise?.address ?? callerPod?.address ?? this.#random.pick(FRONT_DOORS);
    if (callee.tellsAddress) this.#row.address = this.#rows.text(address);
  }

  /** A message that was taken goes on in the trace of the one that sent it, or in its own. */
  #linkTo({ callerTrace, callerSpan }: Asked): void {
    if (!hasParent(callerSpan)) return;
    const row = this.#row;
    row.link = Uint32Array.from([...callerTrace, ...callerSpan]);
    if (this.#random.chance(0.5)) row.parent = NO_SPAN;
  }

  #write(): void {
    if (this.#random.chance(NOISE.lostRows)) return;
    if (this.#random.chance(NOISE.lateRows)) this.#rows.writeLate(this.#row);
    else this.#rows.write(this.#row);
  }

  #version({ name, release }: Workload, { isCanary }: Pod): number {
    return this.#rows.text(`${name}:1.${isCanary ? release + 1 : release}.0`);
  }

  /** The name that a workload gives itself. */
  claim({ number, namespace, calledItself }: Workload): number {
    return this.#rows.party(`w${number}`, () => nameOf(namespace, calledItself));
  }

  #target({ number, namespace, name }: Workload): number {
    return this.#rows.party(`t${number}`, () => nameOf(namespace, name));
  }

  #operation({ operation, endpoint, isMessage, callee }: Asked, verb: string): number {
    if (callee.kind === 'datastore') return 0;
    const { protocol, method, template } = operation;
    if (isMessage && endpoint) {
      const key = `m${endpoint.number} ${verb}`;
      return this.#rows.operation(key, () => messageOf(callee, endpoint, verb));
    }
    const key = endpoint ? `e${endpoint.number}` : `${protocol} ${method} ${template}`;
    return this.#rows.operation(key, () => operationOf(operation));
  }
}

export function nameOf(namespace: string, name: string): SpanParty {
  return { by: 'name', environment: 'prod', namespace, name };
}

function operationOf({ protocol, method, template }: Asked['operation']): SpanOperation {
  return { protocol, method, path: template, route: template };
}

function messageOf(callee: Workload, endpoint: Endpoint, method: string): SpanOperation {
  return { protocol: 'event', method, path: topicOf(callee, endpoint) };
}

export function topicOf({ namespace }: Workload, { number }: Endpoint): string {
  return `${namespace}.events-${number}`;
}

function hasParent(span: Uint32Array): boolean {
  return span[0] !== 0 || span[1] !== 0;
}
