import type { IncomingMessage } from 'node:http';
import { Fault } from '../../base/fault.ts';
import type { GrpcCall } from '../../base/grpc/index.ts';
import { isLoopback } from '../../base/loopback.ts';
import { BearerToken } from '../auth/bearer.ts';
import { hostNamesOf } from '../loopback.ts';

export interface AdmissionRules {
  readonly adminToken: string;
  /** Names beside its address that a listener may be asked for. */
  readonly hostNames: readonly string[];
}

/** Who may send traffic: anybody on this machine, and who shows the token from elsewhere. */
export class Admission {
  readonly #token: BearerToken;
  readonly #hostNames: readonly string[];

  constructor({ adminToken, hostNames }: AdmissionRules) {
    this.#token = new BearerToken(adminToken);
    this.#hostNames = hostNames;
  }

  /** A page in a browser on this machine can ask under a name of its own, but not under ours.
   *  @throws {Fault} `intake/unauthenticated`, `intake/host-forbidden` */
  http(listenHost: string, { headers, socket }: IncomingMessage): void {
    if (!isLoopback(listenHost)) {
      this.#demandToken(headers.authorization);
      return;
    }
    const host = headers.host?.toLowerCase() ?? '';
    if (hostNamesOf(listenHost, socket.localPort ?? 0, this.#hostNames).has(host)) return;
    throw new Fault('intake/host-forbidden', 'The receiver is not known by this host name', {
      hint: 'send to its address, or add the name to `http.hostNames`',
    });
  }

  /** Browsers do not speak gRPC, and proxies give it any authority.
   *  @throws {Fault} `intake/unauthenticated` */
  grpc(listenHost: string, { headers }: Pick<GrpcCall, 'headers'>): void {
    if (!isLoopback(listenHost)) this.#demandToken(headers.authorization);
  }

  #demandToken(authorization: string | undefined): void {
    if (this.#token.isShownBy(authorization)) return;
    throw new Fault('intake/unauthenticated', 'Traffic from other machines needs a token', {
      hint: 'send `Authorization: Bearer TOKEN` with the token in admin.token of the data folder',
    });
  }
}
