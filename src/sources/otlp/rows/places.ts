import type { SpanBatchWriter, SpanParty, SpanSink } from '../../../estate/spans/index.ts';
import type { KeyWriter, Parties, SightingTable } from '../counting/index.ts';
import type { Operation } from '../meaning/index.ts';
import { ROLE, type Role, SPAN_KIND, type SpanFields } from '../reading/index.ts';
import { calledParty, namedPeer } from './peer.ts';
import { Peers } from './peers.ts';
import { PlaceCache } from './place-cache.ts';
import { RequestedOperations } from './requested-operations.ts';
import { Texts } from './texts.ts';

export interface PlacesParts {
  readonly sink: SpanSink;
  readonly key: KeyWriter;
  readonly parties: Parties;
  readonly sightings: SightingTable;
}

/** Slots of caches. */
const OPERATIONS = 1 << 16;
const NAMES = 1 << 14;
/** Of an operation, beside its place. */
const STATUS = 0xffff;
const OPERATIONAL = 1 << 16;

/** Where in the batch at hand stands what a span names. Everything has an id for longer than a batch, so that a batch
 *  learns each name once, and a span costs no string. */
export class Places {
  /** Of the operation that was looked for last: its status, 0 where not told, and whether the platform asked. */
  status = 0;
  isOperational = false;
  readonly #parts: PlacesParts;
  readonly #requested: RequestedOperations;
  readonly #peers: Peers;
  readonly #texts: Texts;
  readonly #ofAnswered = new PlaceCache(OPERATIONS);
  readonly #ofRequested = new PlaceCache(OPERATIONS);
  readonly #ofHosts = new PlaceCache(NAMES);
  readonly #ofPeers = new PlaceCache(NAMES);
  readonly #ofTexts = new PlaceCache(NAMES);

  constructor(parts: PlacesParts) {
    this.#parts = parts;
    this.#requested = new RequestedOperations(parts.key);
    this.#peers = new Peers(parts.key);
    this.#texts = new Texts(parts.key);
  }

  /** From now on places are of another batch. */
  set batch(number: number) {
    for (const cache of [this.#ofAnswered, this.#ofRequested, this.#ofHosts]) cache.batch = number;
    for (const cache of [this.#ofPeers, this.#ofTexts]) cache.batch = number;
  }

  service(id: number): number {
    const party = this.#parts.parties.service(id);
    return party === undefined ? 0 : this.#writer.party(party.subject);
  }

  /** The place of an operation that was counted under this id. */
  answered(id: number): number {
    const at = this.#ofAnswered.find(id);
    if (at >= 0) return this.#read(this.#ofAnswered, at);
    return this.#place(this.#ofAnswered, id, this.#parts.sightings.operationOf(id));
  }

  /** The place of what a CLIENT span asks for. */
  requested(span: SpanFields): number {
    const id = this.#requested.idOf(span);
    if (id === 0) return 0;
    const at = this.#ofRequested.find(id);
    if (at >= 0) return this.#read(this.#ofRequested, at);
    return this.#place(this.#ofRequested, id, this.#requested.operationOf(id));
  }

  /** The place of the other side of a call.
   *  @param host that was called; 0 where there is none */
  peer(span: SpanFields, service: number, host: number): number {
    const isCalled = span.kind === SPAN_KIND.server;
    if (isCalled && !span.has(ROLE.peerName)) return 0;
    if (host !== 0 && !span.has(ROLE.peerName)) return this.#host(host);
    const isNamed = span.has(ROLE.peerName) || span.has(ROLE.dbSystem) || span.has(ROLE.socketPeer);
    if (!isNamed) return 0;
    const id = this.#peers.idOf(span, service, host, () => this.#peerOf(span, service, host));
    const at = this.#ofPeers.find(id);
    if (at >= 0) return this.#ofPeers.place(at);
    const party = this.#peers.partyOf(id);
    return this.#set(this.#ofPeers, id, party === undefined ? 0 : this.#writer.party(party));
  }

  /** The place of the text of a role; see `Texts`. */
  text(fields: SpanFields, role: Role, toText: (fields: SpanFields) => string): number {
    return fields.has(ROLE[role]) ? this.textOf(this.textId(fields, role, toText)) : 0;
  }

  /** An id by which a text can be looked for in later batches; 0 where there is none. */
  textId(fields: SpanFields, role: Role, toText: (fields: SpanFields) => string): number {
    return fields.has(ROLE[role]) ? this.#texts.idOf(fields, role, toText) : 0;
  }

  textOf(id: number): number {
    if (id === 0) return 0;
    const at = this.#ofTexts.find(id);
    if (at >= 0) return this.#ofTexts.place(at);
    return this.#set(this.#ofTexts, id, this.#writer.text(this.#texts.textOf(id)));
  }

  get #writer(): SpanBatchWriter {
    return this.#parts.sink.writer;
  }

  #host(id: number): number {
    const at = this.#ofHosts.find(id);
    if (at >= 0) return this.#ofHosts.place(at);
    const party = this.#parts.parties.host(id);
    return this.#set(
      this.#ofHosts,
      id,
      party === undefined ? 0 : this.#writer.party(party.subject),
    );
  }

  #peerOf(span: SpanFields, service: number, host: number): SpanParty | undefined {
    const teller = this.#parts.parties.service(service)?.subject;
    if (teller === undefined) return undefined;
    if (span.kind === SPAN_KIND.server) return namedPeer(span, teller);
    return calledParty(span, this.#parts.parties.host(host)?.subject, teller);
  }

  #place(cache: PlaceCache, id: number, operation: Operation | undefined): number {
    const place = operation === undefined ? 0 : this.#writer.operation(bare(operation));
    const flags = operation?.isOperational ? OPERATIONAL : 0;
    return this.#read(cache, cache.set(id, place, (operation?.status ?? 0) | flags));
  }

  #read(cache: PlaceCache, at: number): number {
    const beside = cache.beside(at);
    this.status = beside & STATUS;
    this.isOperational = (beside & OPERATIONAL) !== 0;
    return cache.place(at);
  }

  #set(cache: PlaceCache, id: number, place: number): number {
    return cache.place(cache.set(id, place));
  }
}

function bare({ protocol, method, path, route }: Operation) {
  return { protocol, method, path, ...(route !== undefined && { route }) };
}
