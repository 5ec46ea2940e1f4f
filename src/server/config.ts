import { basename } from 'node:path';
import { z } from 'zod';
import { AdmissionConfig } from '../authorization/admission/config/index.ts';
import { isLoopback } from '../base/loopback.ts';
import { StoreConfig } from '../estate/store/index.ts';
import { InventoryConfig } from '../inventory/index.ts';
import { AccessLogConfig } from '../sources/access-log/tail/config/index.ts';
import { EnvoyConfig } from '../sources/envoy-access-log/config/index.ts';
import { ClustersConfig } from '../sources/kubernetes/live/config/index.ts';
import { OtlpConfig } from '../sources/otlp/config/index.ts';
import { VaultStoresConfig } from '../sources/vault/index.ts';
import { AuditConfig } from './audit/config.ts';
import { AuthorizationConfig } from './authorization/config.ts';
import { defaultDataFolder } from './data-folder.ts';
import { HttpConfig, TlsConfig } from './http/config.ts';
import { IdentityConfig } from './identity/config.ts';
import { IntakeConfig } from './intake/config.ts';
import { SecretsConfig } from './secrets/config.ts';
import { TracingConfig } from './tracing/config.ts';

const FolderConfig = z
  .strictObject({
    path: z.string().min(1).describe('Folder to read: a repository or manifests'),
    name: z.string().min(1).max(200).optional().describe("Its name; else the folder's own"),
    environment: z.string().min(1).optional().describe('Environment of what names none in it'),
  })
  .transform((folder) => ({ ...folder, name: folder.name ?? basename(folder.path) }));

/** Everything that `reeve up` can be told. */
export const ServerConfig = z
  .strictObject({
    data: z.string().min(1).default(defaultDataFolder).describe('Data folder'),
    environment: z
      .string()
      .min(1)
      .default('default')
      .describe('Environment of everything that names none'),
    logLevel: z
      .enum(['trace', 'debug', 'info', 'warn', 'error', 'fatal', 'silent'])
      .default('info')
      .describe('Least severe messages in the log'),
    store: StoreConfig.optional().describe('Else embedded, in the data folder'),
    http: HttpConfig.prefault({}),
    otlp: OtlpConfig.prefault({}),
    envoy: EnvoyConfig.prefault({}),
    accessLog: AccessLogConfig.prefault({}),
    intake: IntakeConfig.prefault({}),
    inventory: InventoryConfig.prefault({}),
    identity: IdentityConfig.prefault({}),
    authorization: AuthorizationConfig.prefault({}),
    audit: AuditConfig.prefault({}),
    secrets: SecretsConfig.prefault({}),
    tracing: TracingConfig.prefault({}),
    admission: AdmissionConfig.prefault({}).describe(
      'What clusters ask before they take an object: a validating webhook',
    ),
    tls: TlsConfig.optional().describe('Needed to listen beyond loopback'),
    clusters: ClustersConfig.prefault([]).describe(
      'Kubernetes clusters that are read while they run',
    ),
    stores: VaultStoresConfig.prefault([]).describe(
      'OpenBao and Vault, whose secrets are listed among the credentials, without their values',
    ),
    folders: z.array(FolderConfig).default([]).describe('Folders that are scanned at the start'),
  })
  .superRefine((config, context) => {
    checkReach(config, context);
    checkNames(config.folders, context);
    checkTokenClusters(config, context);
    checkAdmission(config, context);
  });
export type ServerConfig = z.infer<typeof ServerConfig>;

interface Reach {
  readonly http: HttpConfig;
  readonly otlp: OtlpConfig;
  readonly envoy: EnvoyConfig;
  readonly tls?: TlsConfig | undefined;
}

/** Nothing listens beyond loopback without TLS. */
function checkReach({ http, otlp, envoy, tls }: Reach, context: z.RefinementCtx): void {
  if (tls !== undefined) return;
  for (const [part, { host }] of Object.entries({ http, otlp, envoy })) {
    if (isLoopback(host)) continue;
    context.addIssue({
      code: 'custom',
      path: [part, 'host'],
      message: `${host} can be reached from other machines: set tls.certificateFile and tls.keyFile`,
    });
  }
}

/** Tokens are judged with the help of a cluster that is known. */
function checkTokenClusters(
  { clusters, identity }: { readonly clusters: ClustersConfig; readonly identity: IdentityConfig },
  context: z.RefinementCtx,
): void {
  const names = new Set(clusters.map(({ name }) => name));
  identity.clusters.forEach(({ name }, index) => {
    if (names.has(name)) return;
    const message = `no cluster is called ${name}: add it to clusters`;
    context.addIssue({ code: 'custom', path: ['identity', 'clusters', index, 'name'], message });
  });
}

/** Objects are judged beside those of a cluster that is followed, and API servers verify a certificate. */
function checkAdmission(
  {
    admission,
    clusters,
    identity,
  }: {
    readonly admission: AdmissionConfig;
    readonly clusters: ClustersConfig;
    readonly identity: IdentityConfig;
  },
  context: z.RefinementCtx,
): void {
  if (!admission.enabled) return;
  const path = ['admission', 'enabled'];
  if (clusters.length === 0) {
    const message = 'no cluster is followed: add the one whose API server asks to clusters';
    context.addIssue({ code: 'custom', path, message });
  }
  if (!identity.enabled) {
    const message = 'its certificate is issued by identity.authority: set identity.enabled';
    context.addIssue({ code: 'custom', path, message });
  }
}

function checkNames(folders: readonly { name: string }[], context: z.RefinementCtx): void {
  const seen = new Set<string>();
  folders.forEach(({ name }, index) => {
    if (seen.has(name)) {
      const message = `another folder is called ${name}: give this one a name`;
      context.addIssue({ code: 'custom', path: ['folders', index, 'name'], message });
    }
    seen.add(name);
  });
}
