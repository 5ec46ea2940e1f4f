import type { CallObservation, EndpointObservation, Source } from '../../../estate/index.ts';
import { type Operation, operationOf, toOperationText } from './operation.ts';
import { type CallerHalf, type Half, type Pair, Pairing, type PairingLimits } from './pairing.ts';
import { attribute, type Span } from './span.ts';
import { type NamedSubject, subjectKey, subjectOf } from './subject.ts';

export interface IntakeLimits extends PairingLimits {
  /** Templates guessed from paths, a service; spans with further ones are refused. */
  readonly maxGuessedTemplates: number;
}

export type SeenObservation = EndpointObservation | CallObservation;

/** What some spans say: observations by key, equal keys for equal ones. */
export interface Taken {
  readonly observations: ReadonlyMap<string, SeenObservation>;
  /** Halves that wait for their other side: to be kept over a restart. */
  readonly waiting: readonly Half[];
  readonly rejectedSpans: number;
  /** Why spans were rejected, in a sentence each. */
  readonly reasons: readonly string[];
}

const SOURCE: Source = { reader: 'otlp', how: 'observed' };
const ID = /^(?!0+$)[0-9a-f]+$/;

/** Turns spans into observations. Holds only the halves of calls within the window and the templates
 *  that it guessed, so that traffic costs memory by what is distinct in it. */
export class Intake {
  readonly #limits: IntakeLimits;
  readonly #pairing: Pairing;
  readonly #guessed = new Map<string, Set<string>>();

  constructor(limits: IntakeLimits) {
    this.#limits = limits;
    this.#pairing = new Pairing(limits);
  }

  get waitingCount(): number {
    return this.#pairing.size;
  }

  take(spans: readonly Span[], now: number): Taken {
    const batch = new Batch();
    for (const span of spans) this.#takeSpan(span, now, batch);
    for (const half of this.#pairing.expire(now)) batch.addUnanswered(half);
    return batch;
  }

  /** Takes up halves that waited when the process ended. */
  restore(halves: readonly Half[]): Taken {
    const batch = new Batch();
    for (const half of halves) {
      for (const pair of this.#pairing.add(half)) batch.addPair(pair);
    }
    return batch;
  }

  #takeSpan(span: Span, now: number, batch: Batch): void {
    if (span.kind === 'internal' || span.kind === 'unspecified') return;
    const subject = batch.subjectOf(span);
    if (subject === undefined) {
      batch.reject('spans without a `service.name` of their own cannot be attributed');
      return;
    }
    if (!ID.test(span.traceId) || !ID.test(span.spanId)) {
      batch.reject('spans need a trace id and a span id');
      return;
    }
    const operation = operationOf(span);
    if (operation?.guessed && !this.#mayGuess(subject, operation)) {
      batch.reject(
        'too many distinct paths without `http.route`: name the routes, or raise `otlp.maxGuessedTemplates`',
      );
      return;
    }
    if (operation) batch.addEndpoint(subject, operation);
    const half = halfOf(span, subject, operation, now);
    if (half === undefined) return;
    const pairs = this.#pairing.add(half);
    for (const pair of pairs) batch.addPair(pair);
    // A caller stays in the window for further tries, so it is kept even when it was answered.
    if (pairs.length === 0 || half.side === 'caller') batch.addWaiting(half);
  }

  #mayGuess(subject: NamedSubject, { method, template }: Operation): boolean {
    const key = subjectKey(subject);
    const known = this.#guessed.get(key) ?? new Set();
    this.#guessed.set(key, known);
    const guess = `${method} ${template}`;
    if (known.has(guess)) return true;
    if (known.size >= this.#limits.maxGuessedTemplates) return false;
    known.add(guess);
    return true;
  }
}

function halfOf(
  span: Span,
  subject: NamedSubject,
  operation: Operation | undefined,
  seenAt: number,
): Half | undefined {
  if (span.kind === 'client') {
    const host = attribute(span.attributes, 'peerHost');
    const port = Number(attribute(span.attributes, 'peerPort'));
    return {
      side: 'caller',
      key: `${span.traceId}${span.spanId}`,
      subject,
      ...(host !== undefined && host.length <= 255 && { host }),
      ...(Number.isInteger(port) && port > 0 && port < 65_536 && { port }),
      seenAt,
    };
  }
  if (span.kind !== 'server' || !ID.test(span.parentSpanId)) return undefined;
  return {
    side: 'called',
    key: `${span.traceId}${span.parentSpanId}`,
    subject,
    ...(operation && { operation: toOperationText(operation) }),
    seenAt,
  };
}

/** Gathers what one request says, each thing once. */
class Batch implements Taken {
  readonly observations = new Map<string, SeenObservation>();
  readonly waiting: Half[] = [];
  readonly #reasons = new Set<string>();
  readonly #subjects = new Map<Span['resource'], NamedSubject | undefined>();
  rejectedSpans = 0;

  get reasons(): readonly string[] {
    return [...this.#reasons];
  }

  /** Asked once a resource, not once a span. */
  subjectOf({ resource }: Span): NamedSubject | undefined {
    if (!this.#subjects.has(resource)) this.#subjects.set(resource, subjectOf(resource));
    return this.#subjects.get(resource);
  }

  reject(reason: string): void {
    this.rejectedSpans++;
    this.#reasons.add(reason);
  }

  addWaiting(half: Half): void {
    this.waiting.push(half);
  }

  addEndpoint(subject: NamedSubject, operation: Operation): void {
    const { protocol, method, template, operational } = operation;
    const key = `endpoint ${subjectKey(subject)} ${protocol} ${method} ${template} ${operational}`;
    if (this.observations.has(key)) return;
    this.observations.set(key, {
      kind: 'endpoint',
      subject,
      protocol,
      method,
      template,
      ...(operational && { operational }),
      source: SOURCE,
    });
  }

  addPair({ caller, called }: Pair): void {
    const from = subjectKey(caller.subject);
    const to = subjectKey(called.subject);
    if (from === to) return;
    const key = `call ${from} ${to} ${called.operation ?? ''}`;
    if (this.observations.has(key)) return;
    this.observations.set(key, {
      kind: 'call',
      from: caller.subject,
      to: called.subject,
      ...(called.operation !== undefined && { operation: called.operation }),
      evidence: 'traces of both sides, in the words of the workloads themselves',
      source: SOURCE,
    });
  }

  /** A service that sends no traces is still called: by the address that its caller gives. */
  addUnanswered(half: CallerHalf): void {
    const { subject, host, port } = half;
    if (host === undefined) return;
    const key = `call ${subjectKey(subject)} ${host}:${port ?? ''}`;
    if (this.observations.has(key)) return;
    this.observations.set(key, {
      kind: 'call',
      from: subject,
      to: {
        by: 'address',
        host,
        known: true,
        ...(port !== undefined && { port }),
        ...(subject.namespace !== undefined && { namespace: subject.namespace }),
      },
      ...(port !== undefined && { port }),
      evidence: "the caller's traces, in its own words",
      source: SOURCE,
    });
  }
}
