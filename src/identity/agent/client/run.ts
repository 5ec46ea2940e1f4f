import { join } from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';
import type { Clock } from '../../../base/clock.ts';
import { toTimestamp } from '../../../base/clock.ts';
import { Fault } from '../../../base/fault.ts';
import type { GrpcService } from '../../../base/grpc/index.ts';
import type { Log } from '../../../base/log.ts';
import { attestMachine, openPeerReader, type PodDirectory } from '../../attestation/index.ts';
import type { IdentitySupply } from '../../host/index.ts';
import { IdentityHost, Refusals } from '../../host/index.ts';
import type { WorkloadApiPorts } from '../../workload-api/index.ts';
import type { AgentConfig } from '../config.ts';
import { parseServerAddress } from './address.ts';
import { readBootstrap } from './bootstrap.ts';
import { CacheWriter } from './cache-writer.ts';
import { readSmallFile } from './files.ts';
import { AgentFolder } from './folder.ts';
import { Known } from './known.ts';
import { type AgentEnd, AgentLink, type LinkEvent, type LinkParts } from './link.ts';
import { RemoteSupply } from './supply.ts';
import { type PolicySink, ToldPolicy } from './told-policy.ts';

/** What is not configured but handed in; tests replace it. */
export interface AgentPorts {
  readonly clock: Clock;
  readonly log: Log;
  /** A join token that was given otherwise than by a file. */
  readonly joinToken?: string | undefined;
  /** What else is served on the socket of the Workload API. */
  readonly more?: (ports: WorkloadApiPorts, supply: IdentitySupply) => readonly GrpcService[];
  /** Takes the policy of the workloads of this machine, as the server tells it and as it was kept; absent: the server is
   *  not asked for it. */
  readonly policy?: PolicySink;
  /** What the cluster says of the pods of this machine, where it is a node of one. */
  readonly pods?: PodDirectory | undefined;
  /** Waits between attempts, without throwing; absent: by the timers of the process. */
  readonly sleep?: (milliseconds: number, signal: AbortSignal) => Promise<void>;
  /** Hears of what happens to the agent, after the log has. */
  readonly onEvent?: (event: LinkEvent) => void;
}

export interface RunningAgent {
  /** `unix:///var/lib/reeve/workload.sock`, for `SPIFFE_ENDPOINT_SOCKET`. */
  readonly address: string;
  /** The agent's own data folder. */
  readonly dataFolder: string;
  /** SPIFFE ID of the agent; undefined before it has joined. */
  readonly spiffeId: string | undefined;
  readonly isConnected: boolean;
  /** Resolves when the agent has ended by itself, and says why. */
  readonly ended: Promise<AgentEnd>;
  close(): Promise<void>;
}

const GRACE_MS = 2_000;
const SOCKET_FILE = 'workload.sock';

/** Runs an agent: joins the server, and hands out the identities of this machine as the server gives them, until it is
 *  closed or ends by itself.
 *  @throws {Fault} for what the configuration, the data folder or the socket does not allow */
export async function runAgent(config: AgentConfig, ports: AgentPorts): Promise<RunningAgent> {
  await using opened = new AsyncDisposableStack();
  const agent = await assemble(config, ports, opened);
  const parts = opened.move();
  return Object.assign(agent, { close: () => parts.disposeAsync() });
}

async function assemble(
  config: AgentConfig,
  ports: AgentPorts,
  parts: AsyncDisposableStack,
): Promise<Omit<RunningAgent, 'close'>> {
  const { clock, log } = ports;
  const { server, trustDomain, data } = required(config);
  // what is wrong with it is said at once, whether it is needed or not
  await readBootstrap(config, trustDomain);
  const folder = await AgentFolder.open(data, await passphraseOf(config));
  const known = new Known();
  await readCache(folder, known, log);
  const told = ports.policy && new ToldPolicy(ports.policy, folder, log);
  await told?.resume();
  const cache = new CacheWriter(
    (bytes) => folder.keepCache(bytes),
    () => known.write(),
    (thrown) => {
      log.warn({ err: thrown }, 'what the server has told was not kept on disk');
    },
  );
  let end: AgentEnd | undefined;
  const { promise: ended, resolve: setEnded } = Promise.withResolvers<AgentEnd>();
  const link: AgentLink = new AgentLink({
    server: parseServerAddress(server),
    trustDomain,
    folder,
    bootstrap: () => readBootstrap(config, trustDomain),
    proofs: { ...config, joinToken: ports.joinToken },
    clock,
    random: Math.random,
    sleep: ports.sleep ?? sleep,
    bundle: () => known.bundleOf(trustDomain),
    onBroken: () => known.breakOff(),
    ...(told && { policy: toLink(told, log) }),
    onUpdate: (message) => {
      const before = known.bundleOf(trustDomain);
      const isWhole = known.take(message, (changes) => {
        cache.changed();
        supply.changed(changes);
        if (changes.includes('reissue')) link.renewNow();
      });
      if (isWhole) cache.begin();
      const bundle = known.bundleOf(trustDomain);
      if (bundle && bundle !== before) keepBundle(link, bundle, log);
      return isWhole;
    },
    onEvent: (event) => {
      tell(event, log);
      if (event.event === 'ended') {
        end = event.end;
        void drop(event.end).then(() => setEnded(event.end));
      }
      ports.onEvent?.(event);
    },
  });
  const supply = new RemoteSupply({
    trustDomain,
    known,
    client: () => link.client(),
    agent: () => link.identity?.id.uri,
    closedFor: () => end?.fault.message,
    clock,
  });
  const drop = async ({ kind }: AgentEnd): Promise<void> => {
    if (kind !== 'denied') return;
    known.drop();
    supply.changed(['entries', 'trust']);
    await cache.drop();
    await told?.drop();
    // whoever is denied hands out nothing more, also where the disk does not let go
    await folder.drop().catch((thrown: unknown) => {
      log.error({ err: thrown }, 'what the agent kept is still on disk: remove it');
    });
  };
  const { host, close: closeHost } = await startHost(config, ports, supply, folder);
  parts.defer(closeHost);
  parts.defer(() => cache.close());
  parts.defer(() => told?.close());
  parts.defer(() => link.close());
  await link.start();
  return {
    address: host.address,
    dataFolder: folder.path,
    get spiffeId() {
      return link.identity?.id.uri;
    },
    get isConnected() {
      return link.isConnected;
    },
    ended,
  };
}

function required({ server, trustDomain, data }: AgentConfig) {
  if (server !== undefined && trustDomain !== undefined && data !== undefined) {
    return { server, trustDomain, data };
  }
  const missing = Object.entries({ server, trustDomain, data }).filter(([, value]) => !value);
  const names = missing.map(([name]) => `\`${name}\``).join(', ');
  throw new Fault('config/agent-invalid', `The agent is not told its ${names}`, {
    hint: 'give --server HOST:PORT, --trust-domain NAME and --data DIR, or a configuration file',
  });
}

async function passphraseOf({ passphraseFile }: AgentConfig): Promise<string | undefined> {
  if (passphraseFile === undefined) return undefined;
  const text = (await readSmallFile(passphraseFile, 'identity/passphrase')).replace(/\r?\n$/, '');
  if (text !== '') return text;
  throw new Fault('identity/passphrase-malformed', 'The file of the passphrase is empty');
}

/** What was told before the agent ended holds until the server says otherwise; what is damaged is left out. */
async function readCache(folder: AgentFolder, known: Known, log: Log): Promise<void> {
  const bytes = await folder.cache();
  if (!bytes) return;
  try {
    known.take(bytes, () => {});
  } catch (thrown) {
    log.warn({ err: thrown }, 'what the server had told last is damaged, and is fetched anew');
  }
}

function toLink(told: ToldPolicy, log: Log): NonNullable<LinkParts['policy']> {
  return {
    revision: () => told.revision,
    onMessage: (message) => told.take(message),
    onBroken: () => told.breakOff(),
    onFailure: (because) => log.warn({ because }, 'the server does not tell who may call whom'),
  };
}

function keepBundle(link: AgentLink, bundle: Parameters<AgentLink['keepBundle']>[0], log: Log) {
  link.keepBundle(bundle).catch((thrown: unknown) => {
    log.warn({ err: thrown }, 'the trust bundle was not kept on disk');
  });
}

async function startHost(
  config: AgentConfig,
  { clock, log, more, pods }: AgentPorts,
  supply: RemoteSupply,
  folder: AgentFolder,
): Promise<{ readonly host: IdentityHost; readonly close: () => Promise<void> }> {
  const attestor = attestMachine(config.attestation, {
    needsDigest: () => supply.asksFor('unix', 'sha256'),
    pods,
  });
  const refusals = new Refusals(({ who, pid, why, count }) => {
    log.warn({ who, pid, why, count }, 'no identity for a workload');
  }, clock);
  try {
    const host = await IdentityHost.start({
      supply,
      peers: await openPeerReader(),
      attest: (peer) => attestor.attest(peer),
      socket: config.workloadApi.socket ?? join(folder.path, SOCKET_FILE),
      config: config.workloadApi,
      ...(more && { more: (served) => more(served, supply) }),
      clock,
      onCall: (call) => refusals.hear(call),
      onFailure: ({ spiffeId }, thrown) => {
        const because = thrown instanceof Fault ? thrown.message : thrown;
        log.warn({ spiffeId, because }, 'no SVID was issued; it is tried again');
      },
    });
    const close = async (): Promise<void> => {
      attestor.close();
      await host.close(GRACE_MS);
    };
    return { host, close };
  } catch (thrown) {
    attestor.close();
    throw thrown;
  }
}

/** Writes what happens into the log. */
function tell(event: LinkEvent, log: Log): void {
  switch (event.event) {
    case 'joined':
    case 'renewed':
    case 'resumed': {
      const { id, expiresAt } = event.identity;
      log.info({ agent: id.uri, until: toTimestamp(expiresAt) }, SENTENCES[event.event]);
      break;
    }
    case 'connected':
      log.info('the server is connected, and has told everything');
      break;
    case 'lost': {
      const { because, hint } = event;
      log.warn({ because, hint }, 'the server is lost: what is held goes on until it expires');
      break;
    }
    case 'ended': {
      const { kind, fault } = event.end;
      log.error({ because: fault.message, hint: fault.hint }, ENDINGS[kind]);
    }
  }
}

const SENTENCES = {
  joined: 'the agent has joined',
  renewed: 'the identity of the agent is renewed',
  resumed: 'the agent goes on with the identity that it kept',
} as const;

const ENDINGS: Readonly<Record<AgentEnd['kind'], string>> = {
  denied: 'the agent is denied: everything that it held is dropped',
  'not-joined': 'the agent cannot join',
};

async function sleep(milliseconds: number, signal: AbortSignal): Promise<void> {
  const longest = Math.min(Math.max(milliseconds, 0), 2 ** 31 - 1);
  await wait(longest, undefined, { signal }).catch(() => {});
}
