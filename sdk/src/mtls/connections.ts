import { ReeveError } from '../error.ts';
import type { IdentitySource, X509Svid } from '../source/index.ts';
import type { ProvedPeer } from '../x509/index.ts';
import type { AcceptRule } from './accept.ts';
import { judgeAccepted, toFlaw } from './peer.ts';

/** A connection whose peer was proved. */
export interface Connection {
  /** What the peer sent, in DER and the leaf first. */
  readonly chain: readonly Buffer[];
  readonly accepts: AcceptRule;
  /** What this end showed. */
  readonly svid: X509Svid;
  peer: ProvedPeer;
  /** Is called once, when the connection must no longer be used: it is closed as soon as no request is
   *  under way. */
  retire(why: ReeveError): void;
}

export interface ConnectionRules {
  readonly source: IdentitySource;
  /** Milliseconds since 1970. */
  readonly clock: () => number;
  /** Whether a connection ends when this workload gets another SVID. A client's does, long before the
   *  old one expires: otherwise the server would end it, with a request under way to it. */
  readonly endsWithSvid: boolean;
}

const MAX_TIMEOUT_MS = 2 ** 31 - 1;

/** Connections that are open, judged again by each update of bundles and lists, and when a certificate
 *  ends. */
export class Connections {
  readonly #rules: ConnectionRules;
  readonly #open = new Set<Connection>();
  #timer: NodeJS.Timeout | undefined;
  #nextAt = Number.POSITIVE_INFINITY;

  constructor(rules: ConnectionRules) {
    this.#rules = rules;
  }

  /** Hears of updates from the first connection to the last: the source knows of nobody who has none. */
  add(connection: Connection): void {
    if (this.#open.size === 0) this.#rules.source.on('updated', this.judge);
    this.#open.add(connection);
    // The handshake may have begun before an update, and ended after it.
    const flaw = this.#flawOf(connection, this.#rules.clock());
    if (flaw) this.#retire(connection, flaw);
    else this.#wakeAt(endOf(connection));
  }

  delete(connection: Connection): void {
    this.#open.delete(connection);
    if (this.#open.size === 0) this.close();
  }

  /** Forgets them all. */
  close(): void {
    this.#rules.source.off('updated', this.judge);
    this.#open.clear();
    this.#sleep();
  }

  /** Judges every connection by what is trusted now. */
  readonly judge = (): void => {
    const now = this.#rules.clock();
    this.#sleep();
    let nextAt = Number.POSITIVE_INFINITY;
    for (const connection of this.#open) {
      const flaw = this.#flawOf(connection, now);
      if (flaw) this.#retire(connection, flaw);
      else nextAt = Math.min(nextAt, endOf(connection));
    }
    this.#wakeAt(nextAt);
  };

  #retire(connection: Connection, flaw: ReeveError): void {
    this.delete(connection);
    connection.retire(flaw);
  }

  #flawOf(connection: Connection, now: number): ReeveError | undefined {
    const { source, endsWithSvid } = this.#rules;
    const { svid } = connection;
    const { identity } = source;
    if (!identity) return undefined;
    if (now > svid.expiresAt.getTime()) {
      return new ReeveError('svid/expired', 'the X.509-SVID of this end has expired');
    }
    if (endsWithSvid && identity.svid.serialNumber !== svid.serialNumber) {
      return new ReeveError('svid/renewed', 'this end has another X.509-SVID now');
    }
    try {
      connection.peer = identity.trust.prove(connection.chain, now);
      judgeAccepted(connection.peer, connection.accepts);
      return undefined;
    } catch (thrown) {
      return toFlaw(thrown);
    }
  }

  #wakeAt(time: number): void {
    if (time >= this.#nextAt) return;
    this.#sleep();
    this.#nextAt = time;
    const wait = Math.min(Math.max(time + 1 - this.#rules.clock(), 0), MAX_TIMEOUT_MS);
    this.#timer = setTimeout(this.judge, wait).unref();
  }

  #sleep(): void {
    clearTimeout(this.#timer);
    this.#nextAt = Number.POSITIVE_INFINITY;
  }
}

const endOf = ({ peer, svid }: Connection): number =>
  Math.min(peer.provedUntil, svid.expiresAt.getTime());
