import { createHash } from 'node:crypto';
import type { IncomingMessage } from 'node:http';
import type { TLSSocket } from 'node:tls';
import { type Clock, toTimestamp } from '../../../base/clock.ts';
import { Fault, quote } from '../../../base/fault.ts';
import { chainOf, shownOf } from '../../../identity/agent/index.ts';
import type { Denial, Shown } from '../../../identity/authority/index.ts';
import { validateJwtSvid } from '../../../identity/jwt/index.ts';
import type { SpiffeId, TrustBundle } from '../../../identity/spiffe/index.ts';
import { validateSvid } from '../../../identity/x509/index.ts';

export interface GatePorts {
  readonly trustDomain: string;
  /** Of the trust domain; another one each time that it has changed. */
  readonly bundle: () => TrustBundle;
  readonly denialOf: (shown: Shown) => Denial | undefined;
  /** What tokens must be made for. */
  readonly audience: () => string;
  readonly clock: Clock;
}

/** A workload that has proved who it is. */
export interface Proved {
  readonly id: SpiffeId;
  /** When the proof ends, in milliseconds since 1970. */
  readonly expiresAt: number;
}

interface Judged extends Proved {
  readonly shown: Shown;
  /** What it was judged by: with another bundle it is judged again. */
  readonly bundle: TrustBundle;
}

const MAX_HEADER_LENGTH = 12_288;
const MAX_TOKENS = 10_000;
const NO_KEYS: readonly string[] = [];

/** Who asks: proved by the certificate of the connection, or by a token, for each request by what is trusted and denied at
 *  that moment. Only workloads of the own trust domain are believed: federation lets nobody at secrets. */
export class WorkloadGate {
  readonly #ports: GatePorts;
  readonly #connections = new WeakMap<TLSSocket, Judged>();
  /** By digest, the longest unused first. */
  readonly #tokens = new Map<string, Judged>();

  constructor(ports: GatePorts) {
    this.#ports = ports;
  }

  /** @throws {Fault} `secrets/unauthenticated/…`, `secrets/read-forbidden/revoked` */
  admit(request: IncomingMessage): Proved {
    const socket = request.socket as TLSSocket;
    const { authorization } = request.headers;
    const byCertificate = this.#certificate(socket);
    const byToken = authorization === undefined ? undefined : this.#token(authorization);
    const proved = byCertificate ?? byToken;
    if (proved === undefined) {
      throw refuse('nothing-shown', 'no certificate and no token was shown', HINT);
    }
    if (byToken && byToken.id.uri !== proved.id.uri) {
      throw refuse('contradiction', 'certificate and token name different workloads');
    }
    for (const one of [byCertificate, byToken]) if (one) this.#judgeNow(one);
    return proved;
  }

  /** Whose certificate was shown on a connection, if it was believed. */
  nameOf(socket: TLSSocket): string | undefined {
    return this.#connections.get(socket)?.id.uri;
  }

  #judgeNow({ id, expiresAt, shown }: Judged): void {
    const { clock, denialOf } = this.#ports;
    if (clock() >= expiresAt) {
      throw refuse('expired', `${quote(id.uri, 200)} expired at ${toTimestamp(expiresAt)}`);
    }
    const denial = denialOf(shown);
    if (denial === undefined) return;
    throw new Fault(
      'secrets/read-forbidden/revoked',
      `The identity ${quote(id.uri, 200)} is revoked since ${toTimestamp(denial.at)}`,
      {
        hint: 'an administrator lifts the denial, if it is to come back: `reeve identity lift`',
      },
    );
  }

  #certificate(socket: TLSSocket): Judged | undefined {
    const bundle = this.#ports.bundle();
    const known = this.#connections.get(socket);
    if (known?.bundle === bundle) return known;
    const chain = chainOf(socket);
    if (chain.length === 0) return undefined;
    // a session that is taken up again shows that somebody has its secret, and no key
    if (socket.isSessionReused()) throw refuse('session-reused', 'an old session was taken up');
    const judged = this.#believed(() => {
      const { trustDomain, clock } = this.#ports;
      const bundleOf = (name: string) => (name === trustDomain ? bundle : undefined);
      const svid = validateSvid(chain, { bundleOf, now: clock() });
      return { id: svid.id, expiresAt: svid.expiresAt, shown: shownOf(svid), bundle };
    });
    this.#connections.set(socket, judged);
    return judged;
  }

  /** @see RFC 6750 §2.1 */
  #token(header: string): Judged {
    const token = header.length > MAX_HEADER_LENGTH ? undefined : /^Bearer +(\S+)$/i.exec(header);
    if (!token?.[1])
      throw refuse('token-malformed', 'the header `Authorization` has no token', HINT);
    const bundle = this.#ports.bundle();
    const key = createHash('sha256').update(token[1]).digest('base64');
    const known = this.#tokens.get(key);
    this.#tokens.delete(key);
    const judged = known?.bundle === bundle ? known : this.#judgeToken(token[1], bundle);
    this.#tokens.set(key, judged);
    const [oldest] = this.#tokens.keys();
    if (this.#tokens.size > MAX_TOKENS && oldest !== undefined) this.#tokens.delete(oldest);
    return judged;
  }

  #judgeToken(token: string, bundle: TrustBundle): Judged {
    return this.#believed(() => {
      const { trustDomain, clock, audience } = this.#ports;
      let issuedAt = 0;
      const { id, expiresAt } = validateJwtSvid(token, {
        bundleOf: (name) => (name === trustDomain ? bundle : undefined),
        audience: [audience()],
        now: clock(),
        // it is judged at each request, and only told here
        isDenied: (_, at) => {
          issuedAt = at;
          return false;
        },
      });
      return { id, expiresAt, bundle, shown: { spiffeId: id.uri, issuedAt, keys: NO_KEYS } };
    });
  }

  #believed(judge: () => Judged): Judged {
    try {
      return judge();
    } catch (thrown) {
      if (!(thrown instanceof Fault)) throw thrown;
      throw refuse(thrown.code.split('/').at(-1) ?? '', thrown.message, thrown.hint);
    }
  }
}

const HINT = 'show an X.509-SVID as client certificate, or a JWT-SVID as `Authorization: Bearer`';

const refuse = (reason: string, why: string, hint = 'fetch a new SVID from the Workload API') =>
  new Fault(`secrets/unauthenticated/${reason}`, `The workload is not let in: ${why}`, { hint });
