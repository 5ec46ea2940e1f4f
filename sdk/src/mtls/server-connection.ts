import type { ServerResponse } from 'node:http';
import type { ServerHttp2Session } from 'node:http2';
import type { TLSSocket } from 'node:tls';
import type { X509Svid } from '../source/index.ts';
import type { ProvedPeer } from '../x509/index.ts';
import type { AcceptRule } from './accept.ts';
import type { Connection } from './connections.ts';

const MISDIRECTED = 421;

/** A connection to a server, closed as gently as HTTP allows: at once when it is idle, after the
 *  response when a request is under way, by GOAWAY in HTTP/2. */
export class ServerConnection implements Connection {
  readonly chain: readonly Buffer[];
  readonly accepts: AcceptRule;
  readonly svid: X509Svid;
  peer: ProvedPeer;
  session: ServerHttp2Session | undefined;
  readonly #socket: TLSSocket;
  #requests = 0;
  #newest: ServerResponse | undefined;
  #isUpgraded = false;
  #isRetired = false;
  /** Whether a request had begun to arrive when the connection was retired: it is served yet. */
  #isArriving = false;
  #bytesWhenIdle: number;

  constructor(
    socket: TLSSocket,
    { chain, accepts, svid, peer }: Pick<Connection, 'chain' | 'accepts' | 'svid' | 'peer'>,
  ) {
    this.chain = chain;
    this.accepts = accepts;
    this.svid = svid;
    this.peer = peer;
    this.#socket = socket;
    this.#bytesWhenIdle = socket.bytesRead;
  }

  /** Takes note of a request of HTTP/1; answers it, and gives false, when it came too late. */
  begin(response: ServerResponse): boolean {
    if (this.#isRetired && !this.#isArriving) {
      response.writeHead(MISDIRECTED, { connection: 'close' }).end();
      return false;
    }
    this.#isArriving = false;
    this.#requests++;
    this.#newest = response;
    response.once('close', this.#end);
    if (this.#isRetired) response.shouldKeepAlive = false;
    return true;
  }

  /** What follows on the connection is no longer HTTP; ends it, and gives false, when that came too
   *  late. */
  upgrade(): boolean {
    this.#isUpgraded = true;
    if (this.#isRetired) this.#socket.destroySoon();
    return !this.#isRetired;
  }

  retire(): void {
    this.#isRetired = true;
    if (this.session) this.session.close();
    else if (this.#isUpgraded) this.#socket.destroySoon();
    else if (this.#requests > 0) this.#closeAfterResponse();
    else if (this.#socket.bytesRead === this.#bytesWhenIdle) this.#socket.destroySoon();
    else this.#isArriving = true;
  }

  #closeAfterResponse(): void {
    if (this.#newest && !this.#newest.headersSent) this.#newest.shouldKeepAlive = false;
  }

  readonly #end = (): void => {
    this.#requests--;
    if (this.#requests > 0) return;
    this.#newest = undefined;
    this.#bytesWhenIdle = this.#socket.bytesRead;
    if (this.#isRetired) this.#socket.destroySoon();
  };
}
