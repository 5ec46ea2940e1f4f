import { randomFillSync } from 'node:crypto';
import type { Clock } from '../../base/clock.ts';
import type { GrpcService } from '../../base/grpc/index.ts';
import type { Log } from '../../base/log.ts';
import { after } from '../../base/timer.ts';
import type { DocumentStore, EstateStore } from '../../estate/index.ts';
import type { AgentServer, PolicyBytes } from '../../identity/agent/index.ts';
import { DocumentJoinTokenStore, type TokenApi } from '../../identity/attestation/index.ts';
import {
  AuthorityKeeper,
  certifierOf,
  DocumentAuthorityStore,
  openKeyRing,
  post,
} from '../../identity/authority/index.ts';
import {
  type BundleEndpoint,
  Federation,
  serveBundleEndpoint,
} from '../../identity/federation/index.ts';
import {
  AuthoritySupply,
  type IdentityHost,
  type IdentitySupply,
  OwnSvid,
} from '../../identity/host/index.ts';
import {
  type RegisterableService,
  Registrar,
  type Retired,
} from '../../identity/registration/index.ts';
import type { DiscoverySource, SdsEvent } from '../../identity/sds/index.ts';
import type { WorkloadApiPorts } from '../../identity/workload-api/index.ts';
import { letAgentsIn } from './agents.ts';
import type { IdentityConfig } from './config.ts';
import { serveWorkloads } from './workloads.ts';

/** What identities are made with. */
export interface IdentityParts {
  readonly config: IdentityConfig;
  readonly store: EstateStore & DocumentStore;
  readonly dataFolder: string;
  readonly clock: Clock;
  readonly log: Log;
  /** Hears of what happens with Envoys that ask for secrets. */
  readonly onSecrets?: (event: SdsEvent) => void;
  /** The cluster of an environment, where there are several. */
  readonly clusterOf?: (environment: string) => string | undefined;
  /** What else Envoys may be told, and workloads ask, on the socket of their identities. */
  readonly envoySources?: readonly DiscoverySource[];
  readonly moreServices?: (
    ports: WorkloadApiPorts,
    supply: IdentitySupply,
  ) => readonly GrpcService[];
  /** What agents carry to the workloads of their machines. */
  readonly policy?: PolicyBytes;
  /** The API server of a cluster whose service accounts may be agents. */
  readonly clusterApi: (name: string) => TokenApi;
}

/** Who gets which identity, what signs it, and how it reaches the workloads of this machine. */
export interface Identity {
  readonly keeper: AuthorityKeeper;
  readonly authorities: DocumentAuthorityStore;
  readonly registrar: Registrar;
  readonly supply: AuthoritySupply;
  readonly ownSvid: OwnSvid;
  readonly joinTokens: DocumentJoinTokenStore;
  readonly federation: Federation;
  /** Undefined where no agents are let in. */
  readonly agents: AgentServer | undefined;
  /** Undefined where the bundle is not served to other trust domains. */
  readonly bundleEndpoint: BundleEndpoint | undefined;
  /** Undefined where the Workload API cannot be served on this machine. */
  readonly host: IdentityHost | undefined;
  /** Registers the services of the estate, and retires what is gone. Never rejects: what fails is tried with the
   *  next judgement. */
  applyEstate(services: readonly RegisterableService[]): Promise<void>;
  close(): Promise<void>;
}

const GRACE_MS = 2_000;

/** Puts the parts of identity together, and starts them.
 *  @throws {Fault} `identity/master-key-…`, `identity/seal-…`, `identity/authority-damaged`, `estate/unavailable`,
 *  `grpc/socket-…` where the configuration names a socket that cannot be had */
export async function openIdentity(parts: IdentityParts): Promise<Identity> {
  await using opened = new AsyncDisposableStack();
  const identity = await assemble(parts, opened);
  const open = opened.move();
  return { ...identity, close: () => open.disposeAsync() };
}

async function assemble(parts: IdentityParts, opened: AsyncDisposableStack) {
  const { config, store, dataFolder, clock, log, clusterOf } = parts;
  const { trustDomain } = config;
  const warn = (message: string, fault: unknown): void => log.warn({ err: fault }, message);
  const authorities = new DocumentAuthorityStore(store);
  const keeper = await AuthorityKeeper.open({
    trustDomain,
    config: config.authority,
    store: authorities,
    ring: openKeyRing(config.authority.keys, dataFolder, process.env),
    certify: certifierOf(config.authority.upstream, post, randomFillSync),
    clock,
    steadyClock: () => performance.now(),
    fillRandom: randomFillSync,
    warn,
  });
  opened.defer(() => keeper.close());
  keeper.start();
  const registrar = await Registrar.open({
    store,
    trustDomain,
    config: config.registration,
    clock,
    ...(clusterOf && { clusterOf }),
    onRetired: (retired) => revokeRetired(keeper, retired),
    warn,
  });
  opened.defer(() => registrar.close());
  const federation = await Federation.open({
    ...{ trustDomain, config: config.federation, store, clock, random: Math.random, after, warn },
    ownBundle: () => keeper.bundle,
  });
  opened.defer(() => federation.close());
  const supply = new AuthoritySupply({ keeper, entries: registrar, federation, clock });
  opened.defer(() => supply.close());
  const ownSvid = new OwnSvid(supply, clock, (thrown) =>
    warn('The server has no SVID of its own', thrown),
  );
  opened.defer(() => ownSvid.close());
  const joinTokens = new DocumentJoinTokenStore(store);
  const served = await serveWorkloads(parts, supply);
  opened.defer(() => served?.close());
  const made = { keeper, registrar, supply, ownSvid, joinTokens, federation };
  const agents = await letAgentsIn(parts, made);
  opened.defer(() => agents?.close());
  const { endpoint } = config.federation;
  const bundleEndpoint =
    endpoint &&
    (await serveBundleEndpoint({ bundle: () => keeper.bundle, svid: ownSvid, warn }, endpoint));
  opened.defer(() => bundleEndpoint?.close(GRACE_MS));
  const applyEstate = async (services: readonly RegisterableService[]): Promise<void> => {
    try {
      const { added, updated, retired } = await registrar.applyEstate(services);
      if (added + updated + retired > 0) log.info({ added, updated, retired }, 'registered');
    } catch (thrown) {
      warn('The services of the estate were not registered', thrown);
    }
  };
  return {
    ...made,
    authorities,
    host: served?.host,
    agents: agents?.server,
    bundleEndpoint,
    applyEstate,
  };
}

/** What a retired identity was given is refused from now on; one that is registered again is issued anew. */
async function revokeRetired(keeper: AuthorityKeeper, retired: readonly Retired[]): Promise<void> {
  for (const [reason, ended] of Map.groupBy(retired, ({ because }) => because)) {
    const identities = ended
      .filter(({ isStillGiven }) => !isStillGiven)
      .map(({ entry }) => ({
        spiffeId: entry.spiffeId,
        mayReturn: true,
        why: 'cessationOfOperation' as const,
      }));
    if (identities.length > 0) await keeper.revoke(identities, { actor: 'reeve', reason });
  }
}
