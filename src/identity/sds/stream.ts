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
import type { Catalogue } from './catalogue.ts';
import type { CatalogueMaker } from './catalogues.ts';
import { Inbox } from './inbox.ts';
import { SECRET_TYPE } from './messages.ts';
import { type EnvoyNode, UNKNOWN_NODE } from './node.ts';
import type { Notices } from './notices.ts';
import type { AnyRequest, Heard, Protocol } from './protocol.ts';
import { otherType } from './requests.ts';

export interface StreamParts {
  readonly ports: WorkloadApiPorts;
  readonly catalogueOf: CatalogueMaker;
  readonly notices: Notices;
  readonly clock: Clock;
}

/** A stream of a discovery service.
 *  @param isAggregated whether resources of other types may be asked for on the same stream; they are not served */
export function discoveryStream<Request extends AnyRequest>(
  parts: StreamParts,
  makeProtocol: () => Protocol<Request>,
  isAggregated: boolean,
): BidiStreamMethod {
  return {
    kind: 'bidi-stream',
    handle: (messages, answers, call) =>
      forPeer(parts.ports, call, (workload) => {
        const stream = new SecretStream(parts, makeProtocol(), isAggregated, workload, answers);
        return stream.run(messages, call.signal);
      }),
  };
}

const MAX_TYPES = 16;
const MAX_NAMES_TOLD = 8;
/** Timers of Node count to 2^31 milliseconds. */
const MAX_TIMER_MS = 2 ** 31 - 1;

/** Tells one Envoy its secrets, and each change of them, until it is entitled to nothing or goes away. */
class SecretStream<Request extends AnyRequest> {
  readonly #parts: StreamParts;
  readonly #protocol: Protocol<Request>;
  readonly #isAggregated: boolean;
  readonly #workload: Workload;
  readonly #answers: GrpcAnswers;
  readonly #inbox = new Inbox<Request>();
  readonly #otherTypes = new Set<string>();
  #node: EnvoyNode | undefined;
  #stopWatching: (() => void) | undefined;
  #waitTimer: NodeJS.Timeout | undefined;
  #ageTimer: NodeJS.Timeout | undefined;
  #entitled: Entitled | undefined;
  /** Why there is none yet. */
  #starting: Starting | undefined;
  #toldMissing = '';
  #toldUnenforced = '';

  constructor(
    parts: StreamParts,
    protocol: Protocol<Request>,
    isAggregated: boolean,
    workload: Workload,
    answers: GrpcAnswers,
  ) {
    this.#parts = parts;
    this.#protocol = protocol;
    this.#isAggregated = isAggregated;
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
    }
  }

  /** Never rejects. */
  async #receive(messages: AsyncIterable<Buffer>): Promise<void> {
    try {
      for await (const message of messages) {
        const request = this.#protocol.read(message);
        if (this.#isForSecrets(request)) await this.#inbox.put(request);
      }
      this.#inbox.end();
    } catch (thrown) {
      this.#inbox.fail(thrown);
    }
  }

  #isForSecrets({ typeUrl }: Request): boolean {
    if (typeUrl === SECRET_TYPE || (typeUrl === '' && !this.#isAggregated)) return true;
    if (!this.#isAggregated || typeUrl === '') throw otherType(typeUrl);
    if (!this.#otherTypes.has(typeUrl) && this.#otherTypes.size < MAX_TYPES) {
      this.#otherTypes.add(typeUrl);
      this.#parts.notices.warn(
        'other-type',
        { ...this.#who(), type: quote(typeUrl, 120) },
        'an Envoy asks over ADS for what is not served here: only secrets are',
      );
    }
    return false;
  }

  #hear(request: Request): void {
    this.#node ??= request.node;
    const heard = this.#protocol.hear(request);
    this.#tellOf(heard);
    this.#stopWatching ??= this.#watch();
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
    if (!this.#entitled) return;
    const { ports, notices, catalogueOf } = this.#parts;
    const catalogue = catalogueOf(this.#entitled, this.#node ?? UNKNOWN_NODE);
    const { missing, outgoing } = this.#protocol.look(catalogue);
    this.#lookAgainAt(catalogue.until, this.#entitled);
    this.#tellOfMissing(catalogue, missing);
    this.#tellOfUnenforced(catalogue);
    if (!outgoing) return;
    await attestAgain(ports, this.#workload);
    await this.#answers.send(outgoing.message);
    notices.count('sent');
    const spiffeIds = outgoing.secrets.flatMap(({ spiffeId }) => spiffeId ?? []);
    ports.onCall?.({ ...this.#workload, spiffeIds: [...new Set(spiffeIds)] });
  }

  #lookAgainAt(until: number, entitled: Entitled): void {
    clearTimeout(this.#ageTimer);
    if (until === Number.POSITIVE_INFINITY) return;
    const wait = Math.min(Math.max(until - this.#parts.clock(), 0), MAX_TIMER_MS);
    this.#ageTimer = setTimeout(() => this.#inbox.remind(entitled), wait);
  }

  #tellOf(heard: Heard): void {
    const { notices } = this.#parts;
    if (heard.verdict === 'accepts') notices.count('accepted');
    if (heard.verdict !== 'rejects') return;
    const why = quote(heard.rejection.why, 500);
    notices.warn('rejected', { ...this.#who(), why }, 'an Envoy does not take its secrets');
  }

  #tellOfMissing(catalogue: Catalogue, missing: readonly string[]): void {
    const text = missing.slice(0, MAX_NAMES_TOLD).join('\n');
    if (text === this.#toldMissing) return;
    this.#toldMissing = text;
    if (missing.length === 0) return;
    const names = missing
      .slice(0, MAX_NAMES_TOLD)
      .map((name) => `${quote(name, 200)}: ${catalogue.whyNot(name)}`);
    const fields = { ...this.#who(), count: missing.length, names };
    this.#parts.notices.warn('missing', fields, 'an Envoy asks for secrets that are not there');
  }

  #tellOfUnenforced({ unenforced }: Catalogue): void {
    const text = unenforced.join('\n');
    if (text === this.#toldUnenforced) return;
    this.#toldUnenforced = text;
    if (unenforced.length === 0) return;
    this.#parts.notices.warn(
      'unenforced',
      { ...this.#who(), trustDomains: unenforced },
      'an Envoy takes revoked certificates until they expire: not every authority above them has a list',
    );
  }

  #who() {
    const { pid, uid, gid } = this.#workload.peer;
    return { pid, uid, gid, node: quote(this.#node?.id ?? '', 100) };
  }
}
