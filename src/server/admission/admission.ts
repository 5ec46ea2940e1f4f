import type { AdmissionConfig, Unjudged, Verdict } from '../../authorization/admission/index.ts';
import type { Clock } from '../../base/clock.ts';
import type { Log } from '../../base/log.ts';
import { isLoopback } from '../../base/loopback.ts';
import { OwnSvid } from '../../identity/host/index.ts';
import { toPem } from '../../identity/x509/index.ts';
import type { LiveClusters } from '../clusters.ts';
import type { Identity } from '../identity/identity.ts';
import { Decider } from './decide.ts';
import { serveAdmission } from './serve.ts';
import { WebhookKeeper } from './webhook-keeper.ts';

export interface AdmissionParts {
  readonly config: AdmissionConfig;
  readonly identity: Pick<Identity, 'supply' | 'keeper'>;
  readonly clusters: Pick<LiveClusters, 'review' | 'list' | 'api'>;
  readonly clock: Clock;
  readonly log: Log;
  readonly onDecided: (outcome: Verdict['outcome'], seconds: number, why?: Unjudged) => void;
  readonly onRefused: (code: string) => void;
}

/** The webhook that API servers ask before they take an object. */
export interface Admission {
  /** `127.0.0.1:7443` */
  readonly address: string;
  close(): Promise<void>;
}

/** Path of the SPIFFE ID that the webhook shows. */
const PATH = '/reeve/admission';
const GRACE_MS = 2_000;

/** The names that the webhook's certificate has. */
export function admissionNames({
  namespace,
  host,
  dnsNames,
}: Pick<AdmissionConfig, 'namespace' | 'host' | 'dnsNames'>): string[] {
  const service = `reeve-admission.${namespace}.svc`;
  return [...new Set([service, ...(isLoopback(host) ? ['localhost'] : []), ...dnsNames])];
}

/** Puts the parts of admission together, and begins to answer.
 *  @throws {Fault} as `serveAdmission` */
export async function openAdmission(parts: AdmissionParts): Promise<Admission> {
  const { config, identity, clusters, clock, log, onDecided, onRefused } = parts;
  const svid = new OwnSvid(
    identity.supply,
    clock,
    (thrown) => log.warn({ err: thrown }, 'The admission webhook has no certificate'),
    { path: PATH, dnsNames: admissionNames(config) },
  );
  const decider = new Decider({
    config,
    judge: (cluster, change, signal) => clusters.review(cluster, change, signal),
    onDecided,
    log,
  });
  try {
    const endpoint = await serveAdmission({
      config,
      svid,
      clusters: clusters.list().map(({ name }) => name),
      decide: (cluster, review, timeoutSeconds) => decider.decide(cluster, review, timeoutSeconds),
      onRefused,
    });
    const webhook = keepWebhook(parts);
    const undo = identity.supply.onChange(() => void webhook?.keep());
    return {
      address: `${config.host}:${endpoint.port}`,
      close: async () => {
        undo();
        webhook?.close();
        await endpoint.close(GRACE_MS);
        svid.close();
      },
    };
  } catch (thrown) {
    svid.close();
    throw thrown;
  }
}

function keepWebhook({
  config,
  clusters,
  identity,
  log,
}: AdmissionParts): WebhookKeeper | undefined {
  if (config.keepWebhook === undefined) return undefined;
  const keeper = new WebhookKeeper({
    name: config.keepWebhook,
    clusters: clusters.list().map(({ name }) => ({ name, api: clusters.api(name) })),
    bundle: () => toPem('CERTIFICATE', ...identity.keeper.bundle.x509Authorities),
    log,
  });
  void keeper.keep();
  return keeper;
}
