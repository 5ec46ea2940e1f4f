import type { TLSSocket } from 'node:tls';
import { Fault, quote } from '../../../base/fault.ts';

/** How many connections each identity has open. */
export class IdentityConnections {
  readonly #most: number;
  readonly #counts = new Map<string, number>();
  readonly #counted = new WeakMap<TLSSocket, string>();

  constructor(most: number) {
    this.#most = most;
  }

  /** A connection belongs to whoever is proved on it first.
   *  @throws {Fault} `secrets/connections-too-many` */
  admit(socket: TLSSocket, spiffeId: string): void {
    if (this.#counted.has(socket)) return;
    const count = this.#counts.get(spiffeId) ?? 0;
    if (count >= this.#most) {
      const why = `${quote(spiffeId, 200)} has ${count} connections open, as many as it may`;
      throw new Fault('secrets/connections-too-many', why, {
        hint: 'keep connections alive and share them, or raise `secrets.access.maxConnectionsPerIdentity`',
      });
    }
    this.#counts.set(spiffeId, count + 1);
    this.#counted.set(socket, spiffeId);
    socket.once('close', () => this.#closed(spiffeId));
  }

  #closed(spiffeId: string): void {
    const count = (this.#counts.get(spiffeId) ?? 1) - 1;
    if (count === 0) this.#counts.delete(spiffeId);
    else this.#counts.set(spiffeId, count);
  }
}
