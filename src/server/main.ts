import type { Server } from 'node:http';
import { resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { check } from '../authorization/enforcement/ext-authz/index.ts';
import { EnforcementPoint } from '../authorization/enforcement/point/index.ts';
import { type Clock, systemClock } from '../base/clock.ts';
import { createLog, type Log } from '../base/log.ts';
import {
  AuditEntry,
  type AuditLog,
  type AuditSeal,
  Call,
  Credential,
  type DocumentStore,
  Endpoint,
  type EstateStore,
  Finding,
  Service,
  type ServiceRecord,
  Source,
} from '../estate/index.ts';
import { decisionToFact } from '../inventory/index.ts';
import type { Clocks } from '../secrets/rotation/index.ts';
import { BesideTeller } from './admission/beside.ts';
import { openAuditKey } from './audit/audit.ts';
import { Witnessing } from './audit/witnessing.ts';
import { createAccess } from './auth/access.ts';
import { openAuthorization } from './authorization/authorization.ts';
import {
  checkPorts,
  type EnforcementParts,
  enforcementServices,
} from './authorization/workload-services.ts';
import type { AdmissionTerms } from './cluster-messages.ts';
import { LiveClusters } from './clusters.ts';
import type { ServerConfig } from './config.ts';
import { correctionsByService } from './corrections.ts';
import { CredentialOwners } from './credential-owners.ts';
import { openDataFolder } from './data-folder.ts';
import { Decisions } from './decisions.ts';
import { endWithin } from './ending.ts';
import { buildApp } from './http/app.ts';
import { ConsoleAssets } from './http/console.ts';
import { admissionOperations } from './http/routes/admission.ts';
import { auditOperations } from './http/routes/audit.ts';
import { authorizationOperations } from './http/routes/authorization/index.ts';
import { clusterOperations } from './http/routes/clusters.ts';
import { credentialOperations } from './http/routes/credentials.ts';
import { decisionOperations } from './http/routes/decisions.ts';
import { estateOperations } from './http/routes/estate.ts';
import { healthOperations } from './http/routes/health.ts';
import { inventoryOperations } from './http/routes/inventory.ts';
import { listOperations } from './http/routes/lists.ts';
import { offboardingOperations } from './http/routes/offboarding.ts';
import { peopleOperations } from './http/routes/people.ts';
import { scanOperations } from './http/routes/scans.ts';
import { secretsDomainOperations } from './http/routes/secrets/domain.ts';
import { createLoginLink, sessionOperations } from './http/routes/sessions.ts';
import { templateOperations } from './http/routes/templates.ts';
import { tracingOperations } from './http/routes/tracing/index.ts';
import { figuresOf } from './identity/figures.ts';
import { type Identity, openIdentity } from './identity/identity.ts';
import { operationsOf } from './identity/operations.ts';
import { TrafficIntake } from './intake/index.ts';
import { Judging } from './judging.ts';
import { listen, stopListening } from './listen.ts';
import { bracketed, hostNamesOf } from './loopback.ts';
import { createMetrics } from './metrics.ts';
import { openOffboarding, type ServerOffboarding } from './offboarding/offboarding.ts';
import { retirersOf } from './offboarding/retirers-of.ts';
import { type ScanState, Scans } from './scans.ts';
import { openSecretsDomain } from './secrets/domain.ts';
import { keptOwners } from './secrets/kept-owners.ts';
import { openConfiguredStore } from './store.ts';
import { ForeignStores } from './stores.ts';
import { openTracing, type TracingDomain } from './tracing/domain.ts';
import { VERSION } from './version.ts';

/** What is not configured but handed in; tests replace it. */
export interface ServerPorts {
  readonly clock?: Clock;
  /** By which secrets age, apart from all else. */
  readonly secretClocks?: Clocks;
  readonly log?: Log;
  readonly openStore?: (
    config: ServerConfig,
    dataFolder: string,
    seal: AuditSeal,
  ) => Promise<EstateStore & DocumentStore & AuditLog>;
  /** Folder of the built console. */
  readonly consoleFolder?: string;
}

export interface RunningServer {
  /** `http://127.0.0.1:7070` */
  readonly origin: string;
  /** Where OTLP over HTTP is taken, with `/v1/traces` to be added. */
  readonly otlpOrigin: string;
  /** `127.0.0.1:4317`: where OTLP over gRPC is taken. */
  readonly otlpGrpcAddress: string;
  /** `127.0.0.1:7071`: where Envoy sends its access logs. */
  readonly envoyAddress: string;
  /** `unix:///…`: where workloads of this machine fetch their identities, if that is served. */
  readonly workloadApiAddress: string | undefined;
  /** `127.0.0.1:7072`: where agents join, if they are let in. */
  readonly agentsAddress: string | undefined;
  /** `127.0.0.1:7445`: where workloads read their secrets, if they may. */
  readonly secretsAddress: string | undefined;
  /** `127.0.0.1:7443`: where API servers ask before they take an object, if they are answered. */
  readonly admissionAddress: string | undefined;
  /** Whether values of secrets can neither be read nor renewed. */
  isVaultSealed(): boolean;
  readonly adminTokenFile: string;
  readonly dataFolder: string;
  readonly store: EstateStore;
  /** How far reading each folder has come. */
  scans(): readonly ScanState[];
  /** A new link to log in to the console with, once. */
  createLoginLink(): { readonly url: string; readonly expiresAt: string };
  /** Resolves when every folder is scanned, and all that is known is judged and published. */
  settle(): Promise<void>;
  /** Ends what is under way and closes the store. */
  close(): Promise<void>;
}

const CONSOLE_FOLDER = fileURLToPath(new URL('../../web/dist', import.meta.url));
const HOUR_MS = 3_600_000;
const QUIET_MS = 300;
const GRACE_MS = 5_000;
/** How long what was opened may take to close when the start has failed. */
const ABANDON_MS = 3_000;

/** Starts Reeve: everything is put together here, and nowhere else.
 *  @throws {Fault} `server/port-unavailable`, `data/…`, and what opening the store throws: within seconds, even where
 *  what was opened before cannot be closed */
export async function startServer(
  config: ServerConfig,
  ports: ServerPorts = {},
): Promise<RunningServer> {
  const opened = new AsyncDisposableStack();
  try {
    const server = await assemble(config, ports, opened);
    return { ...server, close: () => opened.disposeAsync() };
  } catch (thrown) {
    // why it cannot start is what a person needs: not what came of it
    await endWithin(ABANDON_MS, opened).catch(() => undefined);
    throw thrown;
  }
}

async function assemble(
  config: ServerConfig,
  ports: ServerPorts,
  opened: AsyncDisposableStack,
): Promise<Omit<RunningServer, 'close'>> {
  const { clock = systemClock, log = createLog(config.logLevel) } = ports;
  const { openStore = openConfiguredStore, consoleFolder = CONSOLE_FOLDER } = ports;
  const { http, otlp, tls } = config;
  const data = openDataFolder(config.data);
  const auditKey = openAuditKey(config.audit, data.path, config.identity.trustDomain, clock);
  const store = await openStore(config, data.path, auditKey.seal);
  opened.defer(() => store.close());
  const metrics = createMetrics();
  const witnessing = new Witnessing({ config: config.audit, store, log });
  opened.defer(() => witnessing.close());

  const clusters = new LiveClusters({
    clusters: config.clusters,
    environment: config.environment,
    store,
    clock,
    log,
    onFolded: () => judging.request(),
    ...(config.admission.enabled && { admission: admissionTerms(config) }),
  });
  opened.defer(() => clusters.close());
  const point = new EnforcementPoint();
  const enforcement: EnforcementParts = {
    ...{ point, clock, log },
    onDecision: (question, decision) =>
      authorization.recent.decisions.record(question, decision, 'ext-authz'),
    onAdmitted: (question) =>
      authorization.recent.decisions.recordAllowed(
        question,
        () => point.decide(question),
        'ext-authz',
      ),
    count: (outcome, reason) => metrics.checks.inc({ outcome, reason }),
  };
  const checks = checkPorts(enforcement);
  const identity = await startIdentity(config, {
    store,
    dataFolder: data.path,
    clock,
    log,
    clusterApi: (name) => clusters.api(name),
    clusterOf: (environment) => clusterOf(config, environment),
    onSecrets: (event) => metrics.secretDiscovery.inc({ event }),
    policy: point.slices,
    envoySources: [point.rbac],
    moreServices: (ports, supply) => enforcementServices(ports, supply, enforcement),
  });
  if (identity) {
    opened.defer(() => identity.close());
    metrics.watchIdentity(() => figuresOf(identity));
  }
  const authorization = openAuthorization({
    config: config.authorization,
    store,
    dataFolder: data.path,
    trustDomain: config.identity.trustDomain,
    folders: config.folders.map(({ name }) => name),
    registrar: identity?.registrar,
    onMade: (seconds) => metrics.policySeconds.observe(seconds),
    clock,
    log,
  });
  opened.defer(() => authorization.close());
  authorization.policies.watch(({ policy, engine }) => point.put(policy, engine));
  let begun = false;
  let offboarding: ServerOffboarding | undefined;
  /** Undefined where traces are not followed. */
  let traces: TracingDomain | undefined;
  /** When identities and policy follow from what was judged last. Never rejects. */
  let applied: Promise<void> = Promise.resolve();
  const judging = new Judging({
    store,
    clock,
    log,
    metrics,
    options: { stages: config.inventory.stages, activeDays: config.inventory.activeDays },
    quietMs: QUIET_MS,
    everyMs: HOUR_MS,
    onBegin: () => authorization.judging(),
    onKnown: (services, judged, changes) => {
      if (!begun) return;
      traces?.judged({ records: services, judged }, changes);
      authorization.judged({ records: services, judged });
      domain.judged(services);
      stores.know(services);
      intake.feed.setKnown(services, judged.endpoints);
      applied = applyEstate(services);
    },
  });
  opened.defer(() => judging.close());
  const access = createAccess(http, data.adminToken, store, clock);
  const domain = await openSecretsDomain({
    ...{ config: config.secrets, store, dataFolder: data.path, clock, log, identity },
    ages: ports.secretClocks,
    isShared: config.store?.kind === 'postgres',
    environment: process.env,
    fingerprintKey: data.fingerprintKey,
    people: access.people,
    clusterOf: (name) => clusters.api(name),
    isRetired: (service) => offboarding?.isRetired(service) ?? false,
    known: {
      environmentOfCluster: (name) =>
        config.clusters.find((cluster) => cluster.name === name)?.environment ?? config.environment,
    },
    onAnswer: (ask, status) => metrics.secretAnswers.inc({ ask, status }),
    onFolded: () => judging.request(),
  });
  const { secrets } = domain;
  opened.defer(() => domain.close());
  metrics.watchSecrets(() => ({ ...secrets.standing(), isSealed: secrets.vault.isSealed }));
  const stores = new ForeignStores({
    stores: config.stores,
    environment: config.environment,
    variables: process.env,
    ...{ store, clock, log },
    onFolded: () => judging.request(),
  });
  opened.defer(() => stores.close());
  const beside = new BesideTeller({
    store,
    sources: () => authorization.sources.all(),
    clusters,
    log,
  });
  const applyEstate = async (records: readonly ServiceRecord[]) => {
    await identity?.applyEstate(records.filter(({ id }) => !offboarding?.isRetired(id)));
    await authorization.apply();
    if (config.admission.enabled) await beside.tell();
  };
  const settled = async (): Promise<boolean> => {
    const isJudged = await judging.settle();
    await applied;
    return isJudged;
  };
  const scans = new Scans({
    folders: config.folders.map((folder) => ({
      name: folder.name,
      path: resolve(folder.path),
      environment: folder.environment ?? config.environment,
    })),
    fingerprintKey: data.fingerprintKey,
    store,
    clock,
    log,
    metrics,
    keepPolicy: (folder, sources) => authorization.sources.keep(folder, sources),
    onRead: (folder, facts) => authorization.folderRead(folder, facts),
    onFolded: () => judging.request(),
  });
  opened.defer(() => scans.close());

  const scheme = tls === undefined ? 'http' : 'https';
  let origin = '';
  let hostNames: ReadonlySet<string> = new Set();

  const intake = await TrafficIntake.start({
    data: {
      intake: config.intake,
      inventory: config.inventory,
      otlp,
      envoy: config.envoy,
      accessLog: config.accessLog,
      tls,
      hostNames: http.hostNames,
      adminToken: data.adminToken,
      dataFolder: data.path,
      maxWaitingSpans: config.tracing.enabled ? config.tracing.maxWaitingSpans : 0,
    },
    environment: config.environment,
    store,
    clock,
    log,
    onStatus: (status) => metrics.setIntake(status),
    onSpansWanted: () => traces?.tracing.want(),
    onCheck: (message) => (point.isReady ? check(checks, message) : undefined),
    onFolded: (isNew) => (isNew ? judging.request() : judging.refresh()),
    onDied: (thrown) => {
      log.fatal({ err: thrown }, 'the thread that takes traffic in has ended');
      endProcess();
    },
  });
  opened.defer(() => intake.close());
  const tellCorrections = async (): Promise<void> =>
    intake.feed.setCorrections(await correctionsByService(store));
  await tellCorrections();
  const judge = () => {
    judging.request(0);
    return settled();
  };
  const decisions = new Decisions({
    ...{ store, clock, judge },
    toFact: decisionToFact,
    onBlocked: (endpoints) => authorization.blocked(endpoints),
    onCorrected: () => void tellCorrections(),
    preview: (serviceId, correction) => intake.preview(serviceId, correction),
  });

  if (config.tracing.enabled) {
    traces = await openTracing({
      ...{ config: config.tracing, environment: config.environment, dataFolder: data.path },
      ...{ store, authorization, identity, decisions, domain, clock, log },
      isShared: config.store?.kind === 'postgres',
      variables: process.env,
      handSpansTo: (port) => intake.handSpansTo(port),
      onStatus: (status) => metrics.setTracing(status),
    });
    opened.defer(() => traces?.close());
  }
  offboarding = await openOffboarding({
    ...{ store, clock, log },
    retirers: retirersOf({ store, decisions, domain, people: access.people, identity }),
    onChange: () => judging.request(0),
  });
  opened.defer(() => offboarding?.close());
  const identityRoutes = identity && operationsOf(identity, config.identity, clock);
  const app = buildApp({
    operations: [
      ...estateOperations(store),
      ...listOperations(store),
      ...scanOperations(scans),
      ...decisionOperations(decisions),
      ...credentialOperations(
        new CredentialOwners({ store, clock, judge, kept: keptOwners(secrets) }),
      ),
      ...templateOperations(decisions),
      ...auditOperations({ store, key: auditKey.key, witnesses: () => witnessing.standing() }),
      ...inventoryOperations({ store, intake: () => intake.status }),
      ...peopleOperations(access.people),
      ...sessionOperations({
        ...access,
        secure: tls !== undefined,
        maxAgeSeconds: http.sessionHours * 3_600,
        origin: () => origin,
      }),
      ...clusterOperations(clusters),
      ...admissionOperations(clusters),
      ...authorizationOperations(authorization, clock),
      ...(identityRoutes?.operations ?? []),
      ...secretsDomainOperations(domain, store, access.failures),
      ...offboardingOperations(offboarding.offboardings),
      ...(traces ? tracingOperations(traces) : []),
      ...healthOperations(store, metrics, () => secrets.vault.isSealed),
    ],
    schemas: { Service, Endpoint, Call, Credential, Finding, Source, AuditEntry },
    guard: { ...access, hostNames: () => hostNames, scheme },
    console: new ConsoleAssets(consoleFolder),
    metrics,
    log,
    version: VERSION,
    tls,
  });
  await app.ready();
  const port = await listen(app.server as Server, http.host, http.port, 'http.port');
  opened.defer(async () => {
    await stopListening(app.server as Server, GRACE_MS);
    await app.close();
  });
  opened.defer(() => identityRoutes?.close());
  origin = `${scheme}://${bracketed(http.host)}:${port}`;
  hostNames = hostNamesOf(http.host, port, http.hostNames);
  metrics.watchStanding(() => clusters.standing());
  const admission =
    identity && config.admission.enabled
      ? await (await import('./admission/admission.ts')).openAdmission({
          ...{ config: config.admission, identity, clusters, clock, log },
          onDecided: (outcome, seconds, why) => {
            metrics.admissionReviews.inc({ outcome, why: why ?? '' });
            metrics.admissionSeconds.observe(seconds);
          },
          onRefused: () => metrics.admissionReviews.inc({ outcome: 'refused', why: '' }),
        })
      : undefined;
  opened.defer(() => admission?.close());
  const workloads = await domain.serve();
  opened.defer(() => workloads?.close());
  clusters.start();
  stores.start();
  const started = begin(store, scans, log).then(() => {
    begun = true;
    judging.request(0);
  });
  return {
    origin,
    otlpOrigin: intake.addresses.otlpOrigin,
    otlpGrpcAddress: intake.addresses.otlpGrpc,
    envoyAddress: intake.addresses.envoy,
    workloadApiAddress: identity?.host?.address,
    agentsAddress: identity?.agents?.address,
    admissionAddress: admission?.address,
    secretsAddress: workloads?.address,
    isVaultSealed: () => secrets.vault.isSealed,
    adminTokenFile: data.adminTokenFile,
    dataFolder: data.path,
    store,
    scans: () => scans.list(),
    createLoginLink: () => createLoginLink(access.loginTokens, origin, 'admin'),
    settle: async () => {
      await started;
      await scans.idle();
      await secrets.feed.tell();
      if (!(await settled())) return;
      // what is judged tells which templates are known, and traffic is summed up anew under them
      for (let round = 0; round < 2; round++) {
        await intake.settle();
        await settled();
      }
      if (traces?.tracing.isRunning) await traces.tracing.ask('settle', {});
    },
  };
}

async function startIdentity(
  { identity: config }: ServerConfig,
  parts: Omit<Parameters<typeof openIdentity>[0], 'config'>,
): Promise<Identity | undefined> {
  return config.enabled ? openIdentity({ config, ...parts }) : undefined;
}

function admissionTerms({ admission, identity, authorization }: ServerConfig): AdmissionTerms {
  const { sensitive, maxBlast } = admission;
  const trustDomains = [identity.trustDomain, ...authorization.meshTrustDomains];
  return { sensitive, maxBlast, trustDomains };
}

/** What tells the accounts of several clusters apart: the one of an environment, if it has one only. */
function clusterOf({ clusters, environment: usual }: ServerConfig, environment: string) {
  if (clusters.length < 2) return undefined;
  const own = clusters.filter((cluster) => (cluster.environment ?? usual) === environment);
  return own.length === 1 ? own[0]?.name : undefined;
}

/** Resolves when the services are known that traces are attributed to: those of the last run, or of
 *  the first scan. */
async function begin(store: EstateStore, scans: Scans, log: Log): Promise<void> {
  scans.start();
  try {
    if ((await store.answers()) !== undefined) return;
  } catch (thrown) {
    log.error({ err: thrown }, 'the store cannot be read');
  }
  await scans.idle();
}

/** As a process ends whose main thread breaks: nothing that was acknowledged is lost. */
function endProcess(): void {
  process.exitCode = 3;
  process.kill(process.pid, 'SIGTERM');
}
