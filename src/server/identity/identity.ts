import { randomFillSync } from 'node:crypto';
import { join } from 'node:path';
import { auditEntryOf } from '../../audit/index.ts';
import type { Clock } from '../../base/clock.ts';
import { Fault } from '../../base/fault.ts';
import type { Log } from '../../base/log.ts';
import type { DocumentStore, EstateStore } from '../../estate/index.ts';
import {
  createWorkloadAttestor,
  machinePorts,
  openPeerReader,
} from '../../identity/attestation/index.ts';
import {
  AuthorityKeeper,
  certifierOf,
  DocumentAuthorityStore,
  openKeyRing,
  post,
} from '../../identity/authority/index.ts';
import {
  AuthoritySupply,
  IdentityHost,
  OwnSvid,
  Refusals,
  type ToldRefusal,
} from '../../identity/host/index.ts';
import {
  type RegisterableService,
  Registrar,
  type Retired,
} from '../../identity/registration/index.ts';
import type { IdentityConfig } from './config.ts';

/** What identities are made with. */
export interface IdentityParts {
  readonly config: IdentityConfig;
  readonly store: EstateStore & DocumentStore;
  readonly dataFolder: string;
  readonly clock: Clock;
  readonly log: Log;
}

/** Who gets which identity, what signs it, and how it reaches the workloads of this machine. */
export interface Identity {
  readonly keeper: AuthorityKeeper;
  readonly authorities: DocumentAuthorityStore;
  readonly registrar: Registrar;
  readonly supply: AuthoritySupply;
  readonly ownSvid: OwnSvid;
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
  const undo: (() => Promise<void> | void)[] = [];
  const close = async (): Promise<void> => {
    for (const step of undo.splice(0).reverse()) await step();
  };
  try {
    return { ...(await assemble(parts, undo)), close };
  } catch (thrown) {
    await close();
    throw thrown;
  }
}

async function assemble(parts: IdentityParts, undo: (() => Promise<void> | void)[]) {
  const { config, store, dataFolder, clock, log } = parts;
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
  undo.push(() => keeper.close());
  keeper.start();
  const registrar = await Registrar.open({
    store,
    trustDomain,
    config: config.registration,
    clock,
    onRetired: (retired) => revokeRetired(keeper, retired),
    warn,
  });
  undo.push(() => registrar.close());
  const supply = new AuthoritySupply({ keeper, entries: registrar, clock });
  undo.push(() => supply.close());
  const ownSvid = new OwnSvid(supply, clock, (thrown) =>
    warn('The server has no SVID of its own', thrown),
  );
  undo.push(() => ownSvid.close());
  const host = await startHost(parts, supply);
  if (host) undo.push(() => host.close(GRACE_MS));
  const applyEstate = async (services: readonly RegisterableService[]): Promise<void> => {
    try {
      const { added, updated, retired } = await registrar.applyEstate(services);
      if (added + updated + retired > 0) log.info({ added, updated, retired }, 'registered');
    } catch (thrown) {
      warn('The services of the estate were not registered', thrown);
    }
  };
  return { keeper, authorities, registrar, supply, ownSvid, host, applyEstate };
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

async function startHost(parts: IdentityParts, supply: AuthoritySupply) {
  const { config, dataFolder, clock, log } = parts;
  const { socket = join(dataFolder, 'workload.sock') } = config.workloadApi;
  const refusals = new Refusals((refusal) => tellRefusal(parts, refusal), clock);
  try {
    const looking = {
      ...machinePorts(config.attestation),
      needsDigest: () => supply.asksFor('unix', 'sha256'),
    };
    const attestor = createWorkloadAttestor(looking, config.attestation);
    return await IdentityHost.start({
      supply,
      peers: await openPeerReader(),
      attest: (peer) => attestor.attest(peer),
      socket,
      config: config.workloadApi,
      clock,
      onCall: (call) => refusals.hear(call),
      onFailure: ({ spiffeId }, thrown) => {
        log.warn({ spiffeId, err: thrown }, 'no SVID could be issued; it is tried again');
      },
    });
  } catch (thrown) {
    const isOfThisMachine = thrown instanceof Fault && config.workloadApi.socket === undefined;
    if (!isOfThisMachine) throw thrown;
    log.warn({ err: thrown }, 'the Workload API is not served on this machine');
    return undefined;
  }
}

/** Says in the log and in the audit log who got no identity, and why. */
function tellRefusal({ store, clock, log }: IdentityParts, refusal: ToldRefusal): void {
  const { who, pid, why, count } = refusal;
  log.warn({ who, pid, why, count }, 'no identity for a workload');
  const said = { kind: 'workload', why };
  const by = { actor: 'workload-api', reason: '', now: clock() };
  store.amend([], [auditEntryOf('identity.refuse', who, said, by)]).catch((fault: unknown) => {
    log.warn({ err: fault }, 'a refusal was not kept in the audit log');
  });
}
