import type { Clock } from '../../base/clock.ts';
import { quote } from '../../base/fault.ts';
import type { BidiStreamMethod, GrpcAnswers } from '../../base/grpc/index.ts';
import {
  attestAgain,
  DEFAULT_WAIT_MS,
  type Entitled,
  type Entitlement,
  forPeer,
  refusalOf,
  type Starting,
  tookTooLong,
  type Workload,
  type WorkloadApiPorts,
} from '../workload-api/index.ts';
import { Channel } from './channel.ts';
import { Inbox } from './inbox.ts';
import { type EnvoyNode, UNKNOWN_NODE } from './node.ts';
import type { Notices } from './notices.ts';
import type { AnyRequest, Heard, Outgoing, Protocol } from './protocol.ts';
import { otherType } from './requests.ts';
import type { Offer } from './resources.ts';

export interface StreamParts {
  readonly ports: WorkloadApiPorts;
  readonly notices: Notices;
  readonly clock: Clock;
}

/** What a stream serves. */
export interface StreamOffers<Request extends AnyRequest> {
  /** The resources that can be asked for, by their types. */
  readonly offers: ReadonlyMap<string, Offer>;
  /** The type of a request that does not say one; undefined: each must, and others than are offered may be asked for
   *  in vain, as over ADS. */
  readonly only: string | undefined;
  /** How those of one type are asked for. */
  protocolOf(typeUrl: string): Protocol<Request>;
  /** @throws {Fault} as `readDiscoveryRequest` */
  read(message: Buffer): Request;
}

/** A stream of a discovery service. */
export function discoveryStream<Request extends AnyRequest>(
  parts: StreamParts,
  serves: StreamOffers<Request>,
): BidiStreamMethod {
  return {
    kind: 'bidi-stream',
    handle: (messages, answers, call) =>
      forPeer(parts.ports, call, (workload) => {
        const stream = new DiscoveryStream(parts, serves, workload, answers);
        return stream.run(messages, call.signal);
      }),
  };
}

const MAX_TYPES = 16;
/** Timers of Node count to 2^31 milliseconds. */
const MAX_TIMER_MS = 2 ** 31 - 1;

/** Tells one Envoy what it asks for, and each change of it, until it is entitled to nothing or goes away. */
class DiscoveryStream<Request extends AnyRequest> {
  readonly #parts: StreamParts;
  readonly #serves: StreamOffers<Request>;
  readonly #workload: Workload;
  readonly #answers: GrpcAnswers;
  readonly #inbox = new Inbox<Request>();
  readonly #channels = new Map<string, Channel<Request>>();
  readonly #otherTypes = new Set<string>();
  #node: EnvoyNode | undefined;
  #stopWatching: (() => void) | undefined;
  #waitTimer: NodeJS.Timeout | undefined;
  #ageTimer: NodeJS.Timeout | undefined;
  #entitled: Entitled | undefined;
  /** Why there is none yet. */
  #starting: Starting | undefined;

  constructor(
    parts: StreamParts,
    serves: StreamOffers<Request>,
    workload: Workload,
    answers: GrpcAnswers,
  ) {
    this.#parts = parts;
    this.#serves = serves;
    this.#workload = workload;
    this.#answers = answers;
  }

  /** @throws {Fault} where the workload is entitled to nothing, is no longer what it was, or asks for what is no
   *  request; the reason of the signal */
  async run(messages: AsyncIterable<Buffer>, signal: AbortSignal): Promise<void> {
    const onAbort = (): void => this.#inbox.fail(signal.reason);
    if (signal.aborted) onAbort();
    signal.addEventListener('abort', onAbort, { once: true });
    void this.#receive(messages);
    try {
      for (;;) {
        const event = await this.#inbox.next();
        if (event.kind === 'end') return;
        if (event.kind === 'request') this.#hear(event.request);
        else this.#learn(event.entitlement);
        await this.#answer();
      }
    } finally {
      signal.removeEventListener('abort', onAbort);
      clearTimeout(this.#waitTimer);
      clearTimeout(this.#ageTimer);
      this.#stopWatching?.();
      for (const channel of this.#channels.values()) channel.close();
    }
  }

  /** Never rejects. */
  async #receive(messages: AsyncIterable<Buffer>): Promise<void> {
    try {
      for await (const message of messages) {
        const request = this.#serves.read(message);
        if (this.#offerFor(request)) await this.#inbox.put(request);
      }
      this.#inbox.end();
    } catch (thrown) {
      this.#inbox.fail(thrown);
    }
  }

  /** Undefined where it is not served, and that is no mistake. */
  #offerFor({ typeUrl }: Request): Offer | undefined {
    const { offers, only } = this.#serves;
    const offer = offers.get(typeUrl === '' ? (only ?? '') : typeUrl);
    if (offer) return offer;
    if (only !== undefined || typeUrl === '') throw otherType(typeUrl);
    if (!this.#otherTypes.has(typeUrl) && this.#otherTypes.size < MAX_TYPES) {
      this.#otherTypes.add(typeUrl);
      const served = [...offers.values()].map(({ what }) => what).join(' and ');
      this.#parts.notices.warn(
        'other-type',
        { ...this.#who(), type: quote(typeUrl, 120) },
        `an Envoy asks over ADS for what is not served here: only ${served} are`,
      );
    }
    return undefined;
  }

  #hear(request: Request): void {
    this.#node ??= request.node;
    const offer = this.#offerFor(request);
    if (!offer) return;
    const heard = this.#channelOf(offer).hear(request);
    this.#tellOf(heard, offer);
    this.#stopWatching ??= this.#watch();
  }

  #channelOf(offer: Offer): Channel<Request> {
    const known = this.#channels.get(offer.typeUrl);
    if (known) return known;
    const channel = new Channel(offer, this.#serves.protocolOf(offer.typeUrl), () => {
      if (this.#entitled) this.#inbox.remind(this.#entitled);
    });
    this.#channels.set(offer.typeUrl, channel);
    return channel;
  }

  #watch(): () => void {
    const { waitMs = DEFAULT_WAIT_MS } = this.#parts.ports;
    this.#waitTimer = setTimeout(() => {
      this.#inbox.fail(this.#starting ? refusalOf(this.#starting) : tookTooLong(waitMs));
    }, waitMs);
    return this.#parts.ports.watch(this.#workload.selectors, this.#inbox.tell);
  }

  #learn(entitlement: Entitlement): void {
    if (entitlement.kind === 'starting') {
      // What is not known for a while does not take away what was given.
      this.#starting = entitlement;
      return;
    }
    clearTimeout(this.#waitTimer);
    if (entitlement.kind === 'none') throw refusalOf(entitlement);
    this.#entitled = entitlement;
  }

  async #answer(): Promise<void> {
    const entitled = this.#entitled;
    if (!entitled) return;
    let until = Number.POSITIVE_INFINITY;
    for (const channel of this.#channels.values()) {
      const looked = channel.look(entitled, this.#node ?? UNKNOWN_NODE);
      until = Math.min(until, looked.until);
      for (const { event, fields, message } of looked.news) {
        this.#parts.notices.warn(event, { ...this.#who(), ...fields }, message);
      }
      if (looked.outgoing) await this.#send(looked.outgoing);
    }
    this.#lookAgainAt(until, entitled);
  }

  async #send({ message, resources }: Outgoing): Promise<void> {
    const { ports, notices } = this.#parts;
    await attestAgain(ports, this.#workload);
    await this.#answers.send(message);
    notices.count('sent');
    const spiffeIds = resources.flatMap(({ spiffeId }) => spiffeId ?? []);
    ports.onCall?.({ ...this.#workload, spiffeIds: [...new Set(spiffeIds)] });
  }

  #lookAgainAt(until: number, entitled: Entitled): void {
    clearTimeout(this.#ageTimer);
    if (until === Number.POSITIVE_INFINITY) return;
    const wait = Math.min(Math.max(until - this.#parts.clock(), 0), MAX_TIMER_MS);
    this.#ageTimer = setTimeout(() => this.#inbox.remind(entitled), wait);
  }

  #tellOf(heard: Heard, { what }: Offer): void {
    const { notices } = this.#parts;
    if (heard.verdict === 'accepts') notices.count('accepted');
    if (heard.verdict !== 'rejects') return;
    const why = quote(heard.rejection.why, 500);
    notices.warn('rejected', { ...this.#who(), why }, `an Envoy does not take its ${what}`);
  }

  #who() {
    const { pid, uid, gid } = this.#workload.peer;
    return { pid, uid, gid, node: quote(this.#node?.id ?? '', 100) };
  }
}
