import { randomFillSync } from 'node:crypto';
import { openStore } from '../../src/estate/store/index.ts';
import {
  type Attestation,
  AttestationConfig,
  attestMachine,
  createWorkloadAttestor,
  machinePorts,
  openPeerReader,
  type Peer,
} from '../../src/identity/attestation/index.ts';
import {
  AuthorityConfig,
  AuthorityKeeper,
  certifierOf,
  DocumentAuthorityStore,
  openKeyRing,
  post,
} from '../../src/identity/authority/index.ts';
import { AuthoritySupply, IdentityHost } from '../../src/identity/host/index.ts';
import {
  EntryIndex,
  parseEntryInput,
  registerEntry,
} from '../../src/identity/registration/index.ts';
import { WorkloadApiConfig } from '../../src/identity/workload-api/index.ts';

/** Run in a process of its own: an authority with its keys and its audit log in a store on the disk, and the
 *  Workload API that gives its identities to the processes of this machine. */

/** What it is started with, in JSON. */
export interface IdentityServerOptions {
  readonly folder: string;
  readonly socket: string;
  readonly maxConnections?: number;
  /** Adds a selector of its own to each connection, `bench:connection:NUMBER`: many workloads of one process. */
  readonly isEachConnectionAWorkload?: boolean;
  /** Executables are not digested before their processes ask, as Reeve does it. */
  readonly isLookingOnlyWhenAsked?: boolean;
}

/** What its parent may ask, and is answered. */
export interface IdentityCommand {
  /** Entries, in the place of all that there were. */
  readonly entries?: readonly unknown[];
}

export interface IdentityFigures {
  readonly issued: number;
  /** Messages that were handed to workloads. */
  readonly given: number;
  readonly refusedFor: string | undefined;
  readonly failures: number;
  /** Seconds of processor time since the process started, of all its threads. */
  readonly cpuSeconds: number;
  readonly residentMegabytes: number;
}

const TRUST_DOMAIN = 'example.org';
const REGISTRAR = { by: 'benchmark', maxX509TtlSeconds: 86_400, maxJwtTtlSeconds: 3_600 };

const options = JSON.parse(process.argv[2] ?? '{}') as IdentityServerOptions;
const store = await openStore({ kind: 'sqlite', folder: options.folder });
const keeper = await AuthorityKeeper.open({
  trustDomain: TRUST_DOMAIN,
  config: AuthorityConfig.parse({}),
  store: new DocumentAuthorityStore(store),
  ring: openKeyRing(undefined, options.folder, {}),
  certify: certifierOf({ kind: 'none' }, post, randomFillSync),
  clock: Date.now,
  steadyClock: () => performance.now(),
  fillRandom: randomFillSync,
  warn: (message, fault) => console.error(message, fault),
});
keeper.start();

let index = new EntryIndex();
const listeners = new Set<() => void>();
const supply = new AuthoritySupply({
  keeper,
  entries: {
    get index() {
      return index;
    },
    onChange: (listener) => {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
  },
  clock: Date.now,
});

let issued = 0;
const issueX509 = supply.issueX509.bind(supply);
supply.issueX509 = (wish) => {
  issued++;
  return issueX509(wish);
};

const attestation = AttestationConfig.parse({});
const needsDigest = () => supply.asksFor('unix', 'sha256');
const attestor = options.isLookingOnlyWhenAsked
  ? createWorkloadAttestor({ ...machinePorts(attestation), needsDigest }, attestation)
  : attestMachine(attestation, { needsDigest });
const numbers = new WeakMap<Peer, number>();
let connections = 0;

async function attest(peer: Peer): Promise<Attestation> {
  const attested = await attestor.attest(peer);
  if (!options.isEachConnectionAWorkload || attested.kind === 'refused') return attested;
  const number = numbers.get(peer) ?? connections++;
  numbers.set(peer, number);
  return { ...attested, selectors: [...attested.selectors, `bench:connection:${number}`].sort() };
}

let given = 0;
let refusedFor: string | undefined;
let failures = 0;
await IdentityHost.start({
  supply,
  peers: await openPeerReader(),
  attest,
  socket: options.socket,
  config: WorkloadApiConfig.parse({
    ...(options.maxConnections !== undefined && { maxConnections: options.maxConnections }),
  }),
  clock: Date.now,
  onCall: (call) => {
    if (call.refusedFor === undefined) given++;
    else refusedFor ??= call.refusedFor;
  },
  onFailure: (_, thrown) => {
    if (failures++ === 0) console.error(thrown);
  },
});

function take({ entries }: IdentityCommand): void {
  if (entries === undefined) return;
  const by = { ...REGISTRAR, trustDomain: TRUST_DOMAIN, now: Date.now() };
  index = new EntryIndex(entries.map((entry) => registerEntry(parseEntryInput(entry), by)));
  for (const listener of listeners) listener();
}

function figures(): IdentityFigures {
  const { user, system } = process.cpuUsage();
  const cpuSeconds = (user + system) / 1e6;
  const residentMegabytes = Math.round(process.memoryUsage.rss() / 1_048_576);
  return { issued, given, refusedFor, failures, cpuSeconds, residentMegabytes };
}

process.on('message', (command: IdentityCommand) => {
  take(command);
  process.send?.(figures());
});
process.on('disconnect', () => process.exit());
process.send?.(figures());
