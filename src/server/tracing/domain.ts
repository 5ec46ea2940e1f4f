import { hostname } from 'node:os';
import type { MessagePort } from 'node:worker_threads';
import type { Clock } from '../../base/clock.ts';
import type { Log } from '../../base/log.ts';
import type { AuditLog, DocumentStore } from '../../estate/index.ts';
import { type Incident, Incidents, noticeOf } from '../../tracing/incidents/index.ts';
import { Notifier } from '../../tracing/notify/index.ts';
import type { Authorization } from '../authorization/authorization.ts';
import type { Decisions } from '../decisions.ts';
import type { Identity } from '../identity/identity.ts';
import type { SecretsDomain } from '../secrets/domain.ts';
import { VERSION } from '../version.ts';
import { BlockedEdges } from './blocked-edges.ts';
import type { TracingConfig } from './config.ts';
import { incidentActions } from './incident-actions.ts';
import { incidentEstate, type KnownJudged } from './incident-estate.ts';
import { Settling } from './settling.ts';
import type { TracingStatus } from './status.ts';
import { Tracing } from './tracing.ts';

export interface TracingDomainParts {
  readonly config: TracingConfig;
  /** Of names that say none. */
  readonly environment: string;
  readonly dataFolder: string;
  readonly store: DocumentStore & AuditLog;
  /** Other servers may write to the store. */
  readonly isShared: boolean;
  readonly authorization: Pick<Authorization, 'policies' | 'sources'>;
  readonly identity: Identity | undefined;
  readonly decisions: Decisions;
  readonly domain: Pick<SecretsDomain, 'secrets' | 'dynamic'>;
  /** Where secrets of targets may be. */
  readonly variables: NodeJS.ProcessEnv;
  readonly handSpansTo: (port: MessagePort | undefined) => void;
  readonly onStatus: (status: TracingStatus) => void;
  readonly clock: Clock;
  readonly log: Log;
}

/** All that the server does with traces. */
export interface TracingDomain {
  readonly tracing: Tracing;
  readonly incidents: Incidents;
  readonly notifier: Notifier;
  readonly edges: BlockedEdges;
  /** The estate was judged anew.
   *  @param changes as `changesOf` tells */
  judged(known: KnownJudged, changes: ReadonlyMap<string, number>): void;
  close(): Promise<void>;
}

const TICK_MS = 1_000;
/** People are told of an incident once the requests that came with its first have been seen. */
const SETTLE_MS = 2_000;

/** Puts tracing, incidents and what tells people of them together.
 *  @throws {Fault} `estate/unavailable` */
export async function openTracing(parts: TracingDomainParts): Promise<TracingDomain> {
  const { config, store, clock, log, authorization, identity, domain } = parts;
  const { enabled: _, incidents: ofIncidents, notify, ...settings } = config;
  const warn = (message: string, thrown: unknown): void => log.warn({ err: thrown }, message);
  let known: KnownJudged | undefined;
  const tracing = new Tracing({
    data: { settings, environment: parts.environment, dataFolder: parts.dataFolder },
    log,
    onAlert: (alert) => incidents.record(alert),
    onStatus: parts.onStatus,
    handSpansTo: parts.handSpansTo,
  });
  const notifier = new Notifier({
    ...{ config: notify, store, environment: parts.variables, version: VERSION, host: hostname() },
    ...{ clock, random: Math.random, warn },
  });
  const changed = new Settling<Incident>(SETTLE_MS, clock, (one) => notifier.tell(noticeOf(one)));
  const edges = new BlockedEdges({
    ...{ sources: authorization.sources, clock },
    onChange: () => authorization.policies.refresh(),
  });
  const incidents = new Incidents({
    ...{ store, config: ofIncidents, clock, warn },
    changes: parts.isShared ? store : undefined,
    estate: incidentEstate({
      known: () => known,
      policy: () => authorization.policies.current,
      identitiesOf: (service) => identitiesOf(identity, service),
      leases: () => domain.dynamic.credentials.list(),
    }),
    ports: incidentActions({ identity, decisions: parts.decisions, edges, domain }),
    feedback: {
      learn: (feedback) => tracing.learn(feedback),
      forget: (feedback) => tracing.forget(feedback),
    },
    onChange: (incident) => changed.note(incident),
  });
  const unwatch = authorization.policies.watch(({ policy }) => tracing.knowPolicy(policy));
  await incidents.start();
  // what somebody was killed in the middle of is gone on with, whatever it takes
  void incidents.resume().catch((thrown) => warn('actions could not be gone on with', thrown));
  const tick = setInterval(() => {
    incidents.tick().catch((thrown) => warn('incidents could not be written', thrown));
    changed.tick();
    notifier.tick().catch((thrown) => warn('people could not be told of incidents', thrown));
    tracing.hold(openTraces(incidents));
  }, TICK_MS).unref();
  return {
    ...{ tracing, incidents, notifier, edges },
    judged: (now, changes) => {
      known = now;
      tracing.know({ ...now, changes });
    },
    close: async () => {
      clearInterval(tick);
      unwatch();
      await tracing.close();
      await incidents.close();
      changed.flush();
      await notifier.close();
    },
  };
}

function identitiesOf(identity: Identity | undefined, service: string): readonly string[] {
  const entries = [...(identity?.registrar.index.entries() ?? [])];
  const own = entries.filter(({ services }) => services.includes(service));
  return [...new Set(own.map(({ spiffeId }) => spiffeId))];
}

function openTraces(incidents: Incidents): string[] {
  const open = incidents.list().filter(({ state }) => state === 'open' || state === 'acknowledged');
  return [...new Set(open.flatMap(({ traceIds }) => traceIds))];
}
