import type { Clock } from '../../base/clock.ts';
import { Fault } from '../../base/fault.ts';
import type { Log } from '../../base/log.ts';
import { isLoopback } from '../../base/loopback.ts';
import { after } from '../../base/timer.ts';
import type { ServiceRecord } from '../../estate/index.ts';
import { OwnSvid } from '../../identity/host/index.ts';
import { type Entry, isOver } from '../../identity/registration/index.ts';
import {
  Denials,
  SecretAccess,
  type SecretAccessConfig,
  SecretWaiters,
  secretIdsOf,
} from '../../secrets/access/index.ts';
import type { SecretKeeping } from '../../secrets/keeping/index.ts';
import { RateLimiter } from '../auth/rate.ts';
import type { Identity } from '../identity/identity.ts';
import { bracketed } from '../loopback.ts';
import { answer, type VerifyKey } from './access/answer.ts';
import { IdentityConnections } from './access/connections.ts';
import { WorkloadGate } from './access/gate.ts';
import { LeaseDesk, type LeasePort } from './access/leases.ts';
import { serveWorkloadSecrets } from './access/serve.ts';

/** What workloads read their secrets with. */
export interface AccessServerParts {
  readonly config: SecretAccessConfig;
  readonly keeping: Pick<SecretKeeping, 'get' | 'value' | 'deny' | 'onChange'>;
  readonly identity: Pick<Identity, 'supply' | 'keeper' | 'registrar'>;
  readonly verifyKey: VerifyKey;
  /** Undefined where no short-lived users are made. */
  readonly leases?: LeasePort | undefined;
  readonly clock: Clock;
  readonly log: Log;
  /** Hears of every answer: what was asked (`read`, `watch` …), and the status. */
  readonly count?: (ask: string, status: number) => void;
}

/** A service with the secrets that its declaration lists. */
export type KnownService = Pick<ServiceRecord, 'id' | 'declaredSecrets'>;

/** The listener at which workloads read their secrets. */
export interface AccessServer {
  /** `127.0.0.1:7445` */
  readonly address: string;
  readonly port: number;
  /** The SPIFFE ID that it shows. */
  readonly spiffeId: string;
  /** All services that the estate knows, in the place of those before. Until it was told, whoever asks is told to come
   *  back. */
  setKnown(services: readonly KnownService[]): void;
  close(): Promise<void>;
}

const GRACE_MS = 2_000;

/** Puts the parts together, and begins to answer.
 *  @throws {Fault} `server/port-unavailable` */
export async function openAccess(parts: AccessServerParts): Promise<AccessServer> {
  await using opened = new AsyncDisposableStack();
  const server = await assemble(parts, opened);
  const open = opened.move();
  return { ...server, close: () => open.disposeAsync() };
}

async function assemble(
  parts: AccessServerParts,
  opened: AsyncDisposableStack,
): Promise<Omit<AccessServer, 'close'>> {
  const { config, keeping, identity, leases, clock, log } = parts;
  const { supply, keeper, registrar } = identity;
  const denials = new Denials({
    after,
    tell: ({ actor, secret, label, why, count }) => {
      log.warn({ actor, secret, label, why, count }, 'a secret was not given');
      keeping.deny(secret, label, why, { actor, reason: '' }, count).catch((fault: unknown) => {
        log.warn({ err: fault }, 'a denial was not kept in the audit log');
      });
    },
  });
  opened.defer(() => denials.flush());
  let declared: ReadonlyMap<string, ReadonlySet<string>> | undefined;
  const access = new SecretAccess({
    secrets: keeping,
    declaredBy: (service) => {
      if (declared === undefined) throw notKnownYet();
      return declared.get(service);
    },
    denials,
  });
  const waiters = new SecretWaiters();
  const services = servicesByIdentity(identity, clock);
  for (const undo of [
    keeping.onChange((id) => waiters.tell(id)),
    registrar.onChange(() => {
      services.forget();
      waiters.tellAll();
    }),
    supply.onChange(() => waiters.tellAll()),
  ]) {
    opened.defer(undo);
  }
  const svid = new OwnSvid(
    supply,
    clock,
    (thrown) => log.warn({ err: thrown }, 'There is no certificate to give secrets with'),
    { dnsNames: [...(isLoopback(config.host) ? ['localhost'] : []), ...config.dnsNames] },
  );
  opened.defer(() => svid.close());
  const { audience = svid.spiffeId, requestsPerSecond } = config;
  const closing = new AbortController();
  const answering = {
    ...{ config, access, waiters, denials, log, closing: closing.signal },
    gate: new WorkloadGate({
      trustDomain: supply.trustDomain,
      bundle: () => keeper.bundle,
      denialOf: (shown) => supply.denialOf(shown),
      audience: () => audience,
      clock,
    }),
    connections: new IdentityConnections(config.maxConnectionsPerIdentity),
    rate: new RateLimiter({ burst: requestsPerSecond, perMinute: requestsPerSecond * 60 }, clock),
    leases: leases && new LeaseDesk(leases, access),
    verifyKey: parts.verifyKey,
    servicesOf: services.of,
    count: parts.count ?? (() => {}),
  };
  const listener = await serveWorkloadSecrets({
    ...{ config, svid },
    answer: (request, response) => answer(request, response, answering),
  });
  opened.defer(() => {
    closing.abort();
    return listener.close(GRACE_MS);
  });
  return {
    address: `${bracketed(config.host)}:${listener.port}`,
    port: listener.port,
    spiffeId: svid.spiffeId,
    setKnown: (known) => {
      declared = new Map(known.map((one) => [one.id, secretIdsOf(one.id, one.declaredSecrets)]));
      waiters.tellAll();
    },
  };
}

/** Of a server that has just been started: whoever has a secret keeps it, and asks again. */
const notKnownYet = (): Fault =>
  new Fault('estate/unavailable', 'What services declare is not known yet', {
    hint: 'try again in a few seconds, when the estate has been judged',
  });

/** The services of identities, as they are registered. */
function servicesByIdentity({ registrar }: Pick<Identity, 'registrar'>, clock: Clock) {
  let byId: Map<string, Entry[]> | undefined;
  return {
    of: (spiffeId: string): readonly string[] => {
      byId ??= Map.groupBy(registrar.index.entries(), (entry) => entry.spiffeId);
      const entries = byId.get(spiffeId) ?? [];
      const now = clock();
      return [
        ...new Set(entries.filter((one) => !isOver(one, now)).flatMap((one) => one.services)),
      ];
    },
    forget: () => {
      byId = undefined;
    },
  };
}
