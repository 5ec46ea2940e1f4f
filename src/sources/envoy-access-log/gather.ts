import { WireReader } from '../../base/protobuf/index.ts';
import type { CallSighting, CredentialSeen, Party, Sighting } from '../../estate/index.ts';
import { addSamples, believedTime, type JudgePayload } from '../../estate/sighting/index.ts';
import type { SpanSink } from '../../estate/spans/index.ts';
import { isOperationalAgent, samplesOfQuery, splitTarget } from '../requests/index.ts';
import { callerOf, type Exchange, Parts } from './asked.ts';
import { type CommonProperties, NO_PROPERTIES, readCommonProperties } from './common-properties.ts';
import { type HttpEntry, readHttpEntry } from './http-entry.ts';
import { readNode } from './node.ts';
import { credentialSeen, type Operation, operationOf } from './operation.ts';
import type { EnvoyReason } from './reasons.ts';
import { toRow } from './to-row.ts';

/** What one message of logs says; equal requests are one sighting. */
export interface Gathered {
  readonly sightings: readonly Sighting[];
  readonly calls: readonly CallSighting[];
  /** Entries that were taken. */
  readonly taken: number;
  readonly dropped: ReadonlyMap<EnvoyReason, number>;
}

/** What else may be done with entries than to add them up. */
export interface LogUses {
  /** Judges values of queries; without it, none is looked at. */
  readonly judge?: JudgePayload | undefined;
  /** Is given each entry that is taken. */
  readonly spans?: SpanSink | undefined;
}

/** Reads the messages of one stream: the first names the Envoy that sends all of them.
 *  @see envoy.service.accesslog.v3.StreamAccessLogsMessage */
export class LogStream {
  readonly #parts = new Parts();
  readonly #uses: LogUses;

  constructor(uses: LogUses = {}) {
    this.#uses = uses;
  }

  /** @param now milliseconds since 1970
   *  @throws {Fault} `protobuf/malformed` */
  read(bytes: Buffer, now: number): Gathered {
    const message = new WireReader(bytes);
    const gathering = new Gathering(this.#parts, now, this.#uses);
    for (let field = message.next(); field !== 0; field = message.next()) {
      if (field === 1) this.#readIdentifier(message.message());
      else if (field === 2)
        readEntries(message.message(), (entry) => gathering.add(gathering.http(entry)));
      else if (field === 3)
        readEntries(message.message(), (entry) => gathering.add(gathering.tcp(entry)));
      else message.skip();
    }
    return gathering;
  }

  #readIdentifier(message: WireReader): void {
    for (let field = message.next(); field !== 0; field = message.next()) {
      if (field === 1) this.#parts.setNode(readNode(message.message()));
      else message.skip();
    }
  }
}

function readEntries(message: WireReader, add: (entry: WireReader) => void): void {
  for (let field = message.next(); field !== 0; field = message.next()) {
    if (field === 1) add(message.message());
    else message.skip();
  }
}

type Summed<Item> = { -readonly [Key in keyof Item]: Item[Key] };

class Gathering implements Gathered {
  readonly dropped = new Map<EnvoyReason, number>();
  taken = 0;
  readonly #parts: Parts;
  readonly #now: number;
  readonly #judge: JudgePayload | undefined;
  readonly #spans: SpanSink | undefined;
  readonly #sightings = new Map<string, Summed<Sighting>>();
  readonly #calls = new Map<string, Summed<CallSighting>>();

  constructor(parts: Parts, now: number, { judge, spans }: LogUses) {
    this.#judge = judge;
    this.#spans = spans;
    this.#parts = parts;
    this.#now = now;
  }

  get sightings(): readonly Sighting[] {
    return [...this.#sightings.values()];
  }

  get calls(): readonly CallSighting[] {
    return [...this.#calls.values()];
  }

  /** Counts what became of an entry. */
  add(reason: EnvoyReason | undefined): void {
    if (reason === undefined) this.taken++;
    else this.#drop(reason);
  }

  /** Takes a request; the reason where it is none to be taken. */
  http(message: WireReader): EnvoyReason | undefined {
    const entry = readHttpEntry(message);
    const { common } = entry;
    if (!common.isEnd) return 'not the end of a request';
    const operation = operationOf(entry);
    if (typeof operation === 'string') return operation;
    const exchange = this.#parts.exchangeOf({
      ...common,
      authority: entry.authority,
      assertedPeer: entry.requestHeaders.assertedPeer,
    });
    if (typeof exchange === 'string') return exchange;
    const at = this.#time(common);
    const isOperational =
      isOperationalAgent(entry.userAgent) || operation.path.startsWith('/grpc.health.v1.Health/');
    this.#addSighting(entry, exchange, operation, isOperational, at);
    const instance = this.#instanceOf(exchange, common);
    this.#spans?.add(toRow({ common, exchange, at, instance, entry, operation, isOperational }));
    if (exchange.via) this.#addCall(exchange.via, exchange.service, at);
    return undefined;
  }

  /** Takes a connection, which asks for nothing that has a name: it only shows who reaches whom. */
  tcp(message: WireReader): EnvoyReason | undefined {
    let common = NO_PROPERTIES;
    for (let field = message.next(); field !== 0; field = message.next()) {
      if (field === 1) common = readCommonProperties(message.message());
      else message.skip();
    }
    if (!common.isEnd) return 'not the end of a request';
    const exchange = this.#parts.exchangeOf({ ...common, authority: '', assertedPeer: undefined });
    if (typeof exchange === 'string') return exchange;
    if (!exchange.caller) return 'connection without caller';
    const at = this.#time(common);
    this.#addCall(exchange.caller, exchange.service, at);
    const instance = this.#instanceOf(exchange, common);
    this.#spans?.add(toRow({ common, exchange, at, instance }));
    return undefined;
  }

  #instanceOf(exchange: Exchange, common: CommonProperties): string | undefined {
    return this.#parts.instanceOf(exchange, common.localAddress, common.upstreamAddress);
  }

  #addSighting(
    entry: HttpEntry,
    exchange: Exchange,
    operation: Operation,
    isOperational: boolean,
    at: number,
  ): void {
    const credential = credentialSeen(entry);
    const key = keyOf(exchange, operation, credential, isOperational);
    const samples = this.#samplesOf(entry, exchange, operation);
    const known = this.#sightings.get(key);
    if (known) {
      known.count++;
      const sum = addSamples(known.samples, samples);
      if (sum !== undefined) known.samples = sum;
      known.firstAt = Math.min(known.firstAt, at);
      known.lastAt = Math.max(known.lastAt, at);
      return;
    }
    this.#sightings.set(key, {
      service: exchange.service,
      ...operation,
      count: 1,
      firstAt: at,
      lastAt: at,
      ...callerOf(exchange),
      ...(credential !== undefined && { credential }),
      ...(isOperational && { isOperational }),
      ...(samples && { samples }),
    });
  }

  #samplesOf({ target }: HttpEntry, { service }: Exchange, { method, path }: Operation) {
    const query = this.#judge && splitTarget(target)?.query;
    return samplesOfQuery(this.#judge, { service, method, path }, query);
  }

  #addCall(caller: Party, service: Party, at: number): void {
    const key = `${caller.key}\n${service.key}`;
    const known = this.#calls.get(key);
    if (known) {
      known.count++;
      known.at = Math.max(known.at, at);
    } else this.#calls.set(key, { caller, service, at, count: 1 });
  }

  #time({ startedAt }: CommonProperties): number {
    if (startedAt === undefined) return this.#now;
    const at = believedTime(startedAt, this.#now);
    // Told, although the entry counts: whoever looks can then see that a clock is wrong.
    if (at !== startedAt && at === this.#now && Math.abs(startedAt - at) > MINUTE_MS) {
      this.#drop('clock not believed');
    }
    return at;
  }

  #drop(reason: EnvoyReason): void {
    this.dropped.set(reason, (this.dropped.get(reason) ?? 0) + 1);
  }
}

const MINUTE_MS = 60_000;

function keyOf(
  { service, caller, isCallerProved }: Exchange,
  { protocol, method, path, status, parameters }: Operation,
  credential: CredentialSeen | undefined,
  isOperational: boolean,
): string {
  const parts = [service.key, protocol, method, path, status, caller?.key, isCallerProved];
  return [...parts, credential, isOperational, parameters?.join('&')].join('\n');
}
