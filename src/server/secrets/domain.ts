import { randomBytes } from 'node:crypto';
import type { Clock } from '../../base/clock.ts';
import { fingerprint } from '../../base/ids.ts';
import type { ServiceRecord } from '../../estate/index.ts';
import { ApiKeys } from '../../secrets/api-keys/index.ts';
import { type DeliveryCluster, openDelivery } from '../../secrets/delivery/index.ts';
import { KeySets } from '../../secrets/key-sets/index.ts';
import { issuedKeyFacts } from '../../secrets/registry/index.ts';
import type { Clocks } from '../../secrets/rotation/index.ts';
import type { RotatorPorts } from '../../secrets/rotators/index.ts';
import type { People } from '../auth/people.ts';
import type { Identity } from '../identity/identity.ts';
import type { AccessServer } from './access.ts';
import { certificatePort } from './certificate-port.ts';
import { openDynamic, type ServerDynamic } from './dynamic.ts';
import { endRefusedLeases, whyRefused } from './holders.ts';
import { openLeaks, type ServerLeaks } from './leaks.ts';
import { openSecrets, type SecretsParts, type ServerSecrets } from './secrets.ts';

export interface SecretsDomainParts
  extends Omit<SecretsParts, 'rotators' | 'deliver' | 'issuedKeys' | 'steadyClock' | 'pace'> {
  /** By which secrets age, where that is not `clock`, which identities go by. */
  readonly ages?: Clocks | undefined;
  /** Undefined where no identities are given out: then workloads read nothing. */
  readonly identity: Identity | undefined;
  readonly people: People;
  /** A cluster that is followed, by its name.
   *  @throws {Fault} `cluster/not-found` */
  readonly clusterOf: (name: string) => DeliveryCluster;
  /** Whether a service is retired: it is given nothing. */
  readonly isRetired: (service: string) => boolean;
  /** Hears of every answer to a workload: what was asked, and the status. */
  readonly onAnswer: (ask: string, status: number) => void;
}

/** All that the server does with secrets. */
export interface SecretsDomain {
  readonly secrets: ServerSecrets;
  readonly apiKeys: ApiKeys;
  readonly keySets: KeySets;
  readonly dynamic: ServerDynamic;
  readonly leaks: ServerLeaks;
  readonly clock: Clock;
  /** Lets workloads read, where they may: to be closed before the domain is.
   *  @throws {Fault} `server/port-unavailable` */
  serve(): Promise<AccessServer | undefined>;
  /** Services were judged anew. */
  judged(services: readonly ServiceRecord[]): void;
  close(): Promise<void>;
}

/** Puts the parts of the domain together.
 *  @throws {Fault} those of `openSecrets` */
export async function openSecretsDomain(parts: SecretsDomainParts): Promise<SecretsDomain> {
  await using opened = new AsyncDisposableStack();
  const domain = await assemble(parts, opened);
  const open = opened.move();
  return { ...domain, close: () => open.disposeAsync() };
}

async function assemble(
  parts: SecretsDomainParts,
  opened: AsyncDisposableStack,
): Promise<Omit<SecretsDomain, 'close'>> {
  const { config, store, identity, log, fingerprintKey, isShared, ages } = parts;
  const { clock, ...steady } = ages ?? { clock: parts.clock };
  const warn = (message: string, fault: unknown) => log.warn({ err: fault }, message);
  const apiKeys = await ApiKeys.open({
    ...{ store, config: config.apiKeys, clock, random: randomBytes, warn },
  });
  apiKeys.start();
  opened.defer(() => apiKeys.close());
  const keySets = new KeySets({ store, clock });
  const ports: RotatorPorts = {
    ...{ apiKeys, keySets, webhooks: config.webhooks },
    ...(identity && { certificates: certificatePort({ ...identity, clock: parts.clock }) }),
  };
  const secrets: ServerSecrets = await openSecrets({
    ...{ ...parts, ...steady, clock },
    rotators: ports,
    issuedKeys: () => issuedKeyFacts(apiKeys.list(), clock()),
    deliver: openDelivery({
      ...{ config: config.delivery, clock, clusterOf: parts.clusterOf },
      currentOf: (id) => secrets.keeping.currentOf(id),
      fingerprint: (text) => fingerprint(fingerprintKey, text),
    }).deliver,
  });
  opened.defer(() => secrets.close());
  const refusal = whyRefused(identity, parts.isRetired);
  const dynamic = await openDynamic({
    ...{ config: config.dynamic, rotation: config.rotation, store, isShared, clock, log },
    ...{ currentOf: (id) => secrets.keeping.currentOf(id), mark: secrets.mark },
    isRunning: () => secrets.rotations.state === 'running',
    whyRefused: (caller, since) => refusal({ ...caller, since }),
  });
  opened.defer(() => dynamic.close());
  const endRefused = endRefusedLeases(dynamic.credentials, refusal, warn);
  if (identity) {
    opened.defer(identity.supply.onChange(endRefused));
    opened.defer(identity.registrar.onChange(endRefused));
  }
  const leaks = openLeaks({
    ...{ store, keeping: secrets.keeping, people: parts.people, apiKeys, fingerprintKey },
    ...{ githubKeysFile: config.githubKeysFile, clock, log, owners: secrets.owners },
  });
  let access: AccessServer | undefined;
  let known: readonly ServiceRecord[] | undefined;
  return {
    ...{ secrets, apiKeys, keySets, dynamic, leaks, clock },
    serve: async () => {
      if (!identity || !config.access.enabled) return undefined;
      const { openAccess } = await import('./access.ts');
      access = await openAccess({
        ...{ config: config.access, keeping: secrets.keeping, identity, log },
        clock: parts.clock,
        leases: dynamic.credentials,
        verifyKey: (key, asked) => apiKeys.verify(key, asked),
        count: parts.onAnswer,
      });
      if (known) access.setKnown(known);
      return access;
    },
    judged: (services) => {
      known = services;
      secrets.judged(services);
      access?.setKnown(services);
      endRefused();
    },
  };
}
