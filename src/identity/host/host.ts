import type { Clock } from '../../base/clock.ts';
import type { GrpcService } from '../../base/grpc/index.ts';
import type { Attestation, Peer, PeerReader } from '../attestation/index.ts';
import { validateJwtSvid } from '../jwt/index.ts';
import type { Entry, Match } from '../registration/index.ts';
import { toBundleFinder } from '../spiffe/index.ts';
import {
  type JwtCheck,
  type JwtIssue,
  type JwtSvidWish,
  SvidCache,
  serveWorkloadApi,
  type WorkloadApiConfig,
  type WorkloadApiPorts,
  type WorkloadApiServer,
  type WorkloadCall,
} from '../workload-api/index.ts';
import { JwtCache } from './jwt-cache.ts';
import { supplied } from './supplied.ts';
import type { IdentitySupply, SupplyChange } from './supply.ts';

/** What a machine's identities are handed out with. */
export interface HostParts {
  readonly supply: IdentitySupply;
  readonly peers: PeerReader;
  attest(peer: Peer): Promise<Attestation>;
  /** The Unix socket. */
  readonly socket: string;
  readonly config: WorkloadApiConfig;
  /** What else is served on the socket. */
  readonly more?: (ports: WorkloadApiPorts) => readonly GrpcService[];
  readonly clock: Clock;
  /** Hears of each message that is given to a workload, and of each refusal. */
  readonly onCall: (call: WorkloadCall) => void;
  /** Hears of SVIDs that could not be issued and will be asked for again. */
  readonly onFailure: (entry: Entry, thrown: unknown) => void;
}

/** SVIDs that are issued at once. */
const MAX_ISSUING = 16;

/** Hands out the identities of one machine: holds what workloads ask for, keeps it fresh, and serves it on a
 *  Unix socket. Keys are made here and go nowhere but to their workload. */
export class IdentityHost {
  readonly #parts: HostParts;
  readonly #svids: SvidCache;
  readonly #jwts: JwtCache;
  readonly #unsubscribe: () => void;
  #server: WorkloadApiServer | undefined;

  private constructor(parts: HostParts) {
    const { supply, clock, onFailure } = parts;
    this.#parts = parts;
    this.#jwts = new JwtCache((wish) => supply.issueJwt(wish), clock);
    this.#svids = new SvidCache(
      {
        ...supplied(supply, clock),
        match: (selectors) => supply.match(selectors),
        onFailure,
      },
      { maxIssuing: MAX_ISSUING },
    );
    this.#unsubscribe = supply.onChange((change) => this.#changed(change));
  }

  /** Serves the identities of this machine.
   *  @throws {Fault} as `serveWorkloadApi` */
  static async start(parts: HostParts): Promise<IdentityHost> {
    const host = new IdentityHost(parts);
    try {
      const { socket: path, config, more } = parts;
      const options = { path, config, ...(more && { more }) };
      host.#server = await serveWorkloadApi(host.#ports(), options);
    } catch (thrown) {
      await host.close(0);
      throw thrown;
    }
    return host;
  }

  /** `unix:///run/reeve/workload.sock`, for `SPIFFE_ENDPOINT_SOCKET`. */
  get address(): string {
    return `unix://${this.#parts.socket}`;
  }

  /** How much is under way. */
  get status(): HostStatus {
    return {
      connections: this.#server?.connections.count ?? 0,
      workloads: this.#svids.watchers,
      svids: this.#svids.size,
    };
  }

  /** Says to the health service whether identities can be had. */
  setServing(isServing: boolean): void {
    this.#server?.setServing(isServing);
  }

  /** Ends the streams, so that workloads ask again, and gives calls `graceMs` to end. */
  async close(graceMs: number): Promise<void> {
    this.#unsubscribe();
    this.#svids.close();
    await this.#server?.close(graceMs);
  }

  #ports(): WorkloadApiPorts {
    const { peers, attest, onCall } = this.#parts;
    return {
      peers,
      attest,
      watch: (selectors, tell) => this.#svids.watch(selectors, tell),
      issueJwt: (wish) => this.#issueJwts(wish),
      checkJwt: (check) => this.#checkJwt(check),
      onCall,
    };
  }

  async #issueJwts({ selectors, audience, spiffeId }: JwtSvidWish): Promise<JwtIssue> {
    const matched = this.#parts.supply.match(selectors, spiffeId);
    if (matched.kind !== 'matches') return matched;
    const issue = async ({ entry, hint }: Match) => {
      const { token } = await this.#jwts.get({ entry, audience });
      return { spiffeId: entry.spiffeId, token, hint };
    };
    return { kind: 'issued', svids: await Promise.all(matched.matches.map(issue)) };
  }

  #checkJwt({ token, audience, bundles }: JwtCheck) {
    const { id, claims } = validateJwtSvid(token, {
      bundleOf: toBundleFinder(bundles),
      audience: [audience],
      now: this.#parts.clock(),
      isDenied: (id, issuedAt) =>
        this.#parts.supply.denialOf({ spiffeId: id.uri, issuedAt, keys: [] }) !== undefined,
    });
    return { spiffeId: id.uri, claims };
  }

  #changed(change: SupplyChange): void {
    CHANGES[change](this.#svids, this.#jwts, this.#parts.supply);
  }
}

/** What an `IdentityHost` holds. */
export interface HostStatus {
  readonly connections: number;
  /** Streams of workloads that are told of changes. */
  readonly workloads: number;
  /** X.509-SVIDs that are kept fresh. */
  readonly svids: number;
}

const CHANGES: Readonly<
  Record<SupplyChange, (svids: SvidCache, jwts: JwtCache, supply: IdentitySupply) => void>
> = {
  entries: (svids) => svids.entriesChanged(),
  trust: (svids, jwts, supply) => {
    const isDenied = (spiffeId: string, issuedAt: number) =>
      supply.denialOf({ spiffeId, issuedAt, keys: [] }) !== undefined;
    jwts.drop(isDenied);
    svids.renewWhere(({ spiffeId }, issuedAt) => isDenied(spiffeId, issuedAt));
    svids.trustChanged();
  },
  reissue: (svids, jwts) => {
    jwts.drop(() => true);
    svids.renewAll();
  },
};
