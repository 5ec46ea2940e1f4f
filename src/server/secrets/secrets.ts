import { randomBytes, randomUUID } from 'node:crypto';
import { join } from 'node:path';
import type { Log } from '../../base/log.ts';
import type {
  AuditLog,
  CredentialFact,
  DocumentStore,
  EstateStore,
  ServiceRecord,
} from '../../estate/index.ts';
import { SecretKeeping, type SecretMetadata, StoreMarkFile } from '../../secrets/keeping/index.ts';
import { fingerprintsOfValue } from '../../secrets/leaks/own-values.ts';
import type { SecretValue } from '../../secrets/model/index.ts';
import { type RegistryFacts, registryFacts, UseLog } from '../../secrets/registry/index.ts';
import {
  type Asking,
  type Deliver,
  policyOf,
  RotationRunner,
  type Rotators,
  type RunnerParts,
} from '../../secrets/rotation/index.ts';
import type { RotatorPorts } from '../../secrets/rotators/index.ts';
import { rootVersionOf } from '../../secrets/vault/index.ts';
import { type Asked, askingOf } from './asked.ts';
import type { SecretsConfig } from './config.ts';
import { SecretFeed } from './feed.ts';
import { Following } from './following.ts';
import { LazyRotators } from './lazy-rotators.ts';
import { Owners } from './owners.ts';
import { problemsOf, type SecretProblem } from './problems.ts';
import { Rewrapping } from './rewrapping.ts';
import { Rotations } from './rotations.ts';
import { Outcomes, type RotationsStanding, standingOf } from './standing.ts';
import { ServerVault } from './vault.ts';
import { isUse, openWatching } from './watching.ts';

/** Of the data folder. */
const MARK_FILE = 'rotations.mark';

/** What secrets are kept and renewed with. */
export interface SecretsParts {
  readonly config: SecretsConfig;
  readonly store: EstateStore & DocumentStore & AuditLog;
  /** Other servers may write to the store. */
  readonly isShared: boolean;
  readonly dataFolder: string;
  readonly environment: Readonly<Record<string, string | undefined>>;
  /** Of scans: what is kept is recognised where it lies about. */
  readonly fingerprintKey: Uint8Array;
  /** Parts of Reeve that rotators work on. */
  readonly rotators?: RotatorPorts;
  /** Rotators in place of those that there are: for tests. */
  readonly otherRotators?: Rotators;
  /** Absent: nothing is brought anywhere, and plans that say so are refused. */
  readonly deliver?: Deliver;
  /** What the estate is told of secrets beside what is kept. */
  readonly known?: RegistryFacts;
  /** What API keys that Reeve issued say to the estate. */
  readonly issuedKeys?: () => readonly CredentialFact[];
  /** Facts of the estate have changed. */
  readonly onFolded: () => void;
  readonly clock: () => number;
  /** Absent: that of the process. */
  readonly steadyClock?: () => number;
  /** How much faster than timers the clocks go: weeks are simulated with it. */
  readonly pace?: number | undefined;
  readonly log: Log;
  /** Rotations in tests are killed there. */
  readonly hook?: RunnerParts['hook'];
}

/** The secrets of a server: the vault, who keeps them, what renews them, and what the estate is told.
 *  @throws {Fault} from what needs values: `vault/unavailable/…` */
export interface ServerSecrets extends Asked {
  readonly keeping: SecretKeeping;
  readonly vault: ServerVault;
  readonly rotators: Rotators;
  readonly rotations: Rotations;
  readonly rewrapping: Rewrapping;
  readonly feed: SecretFeed;
  /** Which entry of the audit log targets have been changed for. */
  readonly mark: StoreMarkFile;
  /** The team that answers: who was named, else who owns the service. */
  ownerOf(secret: Pick<SecretMetadata, 'owner' | 'service'>): Promise<string | null>;
  /** Teams by the service that they own. */
  owners(): Promise<ReadonlyMap<string, string>>;
  problemsOf(secret: SecretMetadata): readonly SecretProblem[];
  standing(): RotationsStanding;
  /** A person says that what the account of a secret may do at its target is as it should be.
   *  @throws {Fault} `secrets/grants-not-found` */
  acceptGrants(id: string, by: Asking): Promise<void>;
  /** Learns what other servers have done until now. Never rejects. */
  follow(): Promise<void>;
  /** Services were judged anew. */
  judged(services: readonly ServiceRecord[]): void;
  close(): Promise<void>;
}

/** Opens the vault, and goes on with what is due. A vault that stays sealed holds nothing up: all that needs no values
 *  can be done.
 *  @throws {Fault} `estate/unavailable`, `vault/ring-malformed` */
export async function openSecrets(parts: SecretsParts): Promise<ServerSecrets> {
  await using opened = new AsyncDisposableStack();
  const secrets = await assemble(parts, opened);
  const open = opened.move();
  return { ...secrets, close: () => open.disposeAsync() };
}

async function assemble(
  parts: SecretsParts,
  opened: AsyncDisposableStack,
): Promise<Omit<ServerSecrets, 'close'>> {
  const { config, store, clock, log, isShared, pace } = parts;
  const { steadyClock = () => performance.now() } = parts;
  const policy = policyOf(config.rotation);
  const warn = (message: string, fault: unknown) => log.warn({ err: fault }, message);
  const fingerprintsOf = (value: SecretValue) => fingerprintsOfValue(parts.fingerprintKey, value);
  const file = config.markFile ?? join(parts.dataFolder, MARK_FILE);
  const mark = new StoreMarkFile({ file, store, clock });
  const { size } = await store.auditHead();
  const uses = await UseLog.open({ store, clock, warn });
  const keeping: SecretKeeping = await SecretKeeping.open({
    onRead: (id, by) => {
      if (isUse(by)) uses.record(id);
    },
    ...{ store, policy, fingerprintsOf, clock, mark, warn, lot: Math.random },
    values: {
      encrypt: (place, value) => vault.encrypt(place, value),
      decrypt: (place, envelope) => vault.decrypt(place, envelope),
    },
  });
  const vault = await ServerVault.open({
    ...{ ...parts, steadyClock, random: randomBytes },
    rootsInUse: async () => rootsOf(await keeping.envelopes()),
    hasValues: async () => (await keeping.envelopes()).length > 0,
  });
  opened.defer(() => vault.close());
  const rotators = parts.otherRotators ?? new LazyRotators(parts.rotators ?? {});
  const outcomes = new Outcomes();
  const makeRunner = () =>
    new RotationRunner({
      ...{
        config: config.rotation,
        secrets: keeping,
        mark,
        rotators,
        values: vault,
        fingerprintsOf,
      },
      ...{ clock, steadyClock, pace, warn, random: randomBytes, deliver: parts.deliver },
      // the embedded store belongs to one process: what it left is taken up at once
      holder: isShared ? randomUUID() : 'reeve',
      currentOf: (id) => keeping.currentOf(id),
      notify: (_secret, effect) => outcomes.hear(effect),
      ...(parts.hook && { hook: parts.hook }),
    });
  const rotations = new Rotations({ vault, makeRunner, log });
  opened.defer(() => rotations.close());
  const rewrapping = new Rewrapping({
    ...{ vault, store, clock, log },
    holder: {
      ids: async () => [...keeping.list()].map(({ id }) => id),
      rewrap: (id, by) =>
        keeping.rewrap(id, (place, envelope) => vault.rewrap(place, envelope), by),
    },
  });
  opened.defer(() => rewrapping.close());
  const refreshVault = () => vault.refresh();
  const following = isShared
    ? new Following({ store, keeping, refreshVault, log }, size)
    : undefined;
  opened.defer(() => following?.close());
  const watching = await openWatching({
    ...{ config: config.drift, store, keeping, uses, clock, log, known: parts.known ?? {} },
    calls: {
      ...{ rotators, values: vault, random: randomBytes },
      stepMilliseconds: config.rotation.stepSeconds * 1_000,
    },
    whyPaused: () => rotations.why,
    onChange: () => void feed.tell(),
  });
  opened.defer(() => watching.close());
  const facts = () => [
    ...registryFacts(keeping.list(), watching.known, { now: clock(), policy }),
    ...(parts.issuedKeys?.() ?? []),
  ];
  const feed = new SecretFeed({ keeping, store, facts, clock, log, onFolded: parts.onFolded });
  opened.defer(() => feed.close());
  await rotations.start();
  await rewrapping.resume();
  const owners = new Owners(store);
  const asked = askingOf({ ...parts, keeping, vault, rotators });
  const problems = (secret: SecretMetadata) => problemsOf(secret, clock(), policy);
  return {
    ...{ keeping, vault, rotators, rotations, rewrapping, feed, mark, ...asked },
    ownerOf: async ({ owner, service }) => owner ?? (await owners.all()).get(service) ?? null,
    owners: () => owners.all(),
    problemsOf: problems,
    acceptGrants: (id, by) => watching.accept(id, by),
    standing: () => standingOf(keeping, rotations, outcomes, problems),
    follow: async () => following?.look(),
    judged: (services) => owners.judged(services),
  };
}

const rootsOf = (envelopes: readonly string[]): ReadonlySet<number> =>
  new Set(envelopes.flatMap((envelope) => rootVersionOf(envelope) ?? []));
