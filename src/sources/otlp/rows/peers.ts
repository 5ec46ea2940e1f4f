import type { SpanParty } from '../../../estate/spans/index.ts';
import { Dictionary, type KeyWriter, writeRole } from '../counting/index.ts';
import { ROLE, SPAN_KIND, type SpanFields } from '../reading/index.ts';

const LIMITS = { maxKeys: 1 << 14, maxBytes: 1 << 21 };
/** What is longer is no name; one byte more is enough to tell. */
const MAX_NAME_BYTES = 801;

/** What names the other side of a call, apart from the host that was called; where that is not known, all of it. */
const NAMES = [ROLE.peerName, ROLE.peerNamespace];
const ALL = [...NAMES, ROLE.dbSystem, ROLE.socketPeer];

/** The other sides of calls that are named by more than a host, each under an id. */
export class Peers {
  readonly #known = new Dictionary<SpanParty | undefined>(LIMITS);
  readonly #key: KeyWriter;

  constructor(key: KeyWriter) {
    this.#key = key;
  }

  /** The id of the other side.
   *  @param service of whom tells it
   *  @param host that was called; 0 where there is none
   *  @param toParty who that is; asked for what is new */
  idOf(
    span: SpanFields,
    service: number,
    host: number,
    toParty: () => SpanParty | undefined,
  ): number {
    const key = this.#key;
    key.start();
    key.byte(span.kind);
    key.word(service);
    key.word(host);
    const isHostKnown = host !== 0 || span.kind === SPAN_KIND.server;
    for (const role of isHostKnown ? NAMES : ALL) writeRole(span, role, key, MAX_NAME_BYTES);
    const known = this.#known.find(key);
    return this.#known.idOf(known >= 0 ? known : this.#add(toParty()));
  }

  partyOf(id: number): SpanParty | undefined {
    return this.#known.entryOf(id);
  }

  #add(party: SpanParty | undefined): number {
    const number = this.#known.add(this.#key, party);
    if (number >= 0) return number;
    this.#known.renew();
    return this.#known.add(this.#key, party);
  }
}
