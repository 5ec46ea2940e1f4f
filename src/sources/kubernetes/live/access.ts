import { readFileSync } from 'node:fs';
import type { RequestOptions } from 'node:https';
import { join } from 'node:path';
import { Fault, messageOf, quote } from '../../../base/fault.ts';
import { onceAtATime } from '../../../base/once.ts';
import type { ClusterConfig } from './config/index.ts';

/** How an API server is reached. */
export interface ApiAccess {
  /** With the path before `/api`, where there is one. */
  readonly server: URL;
  /** Certificates, headers and the proxy of one request; credentials that end are renewed. Without an agent
   *  of its own, requests share one. */
  options(): Promise<RequestOptions>;
}

const ACCOUNT_FOLDER = '/var/run/secrets/kubernetes.io/serviceaccount';
/** Kubelets renew tokens long before they end. */
const REREAD_MS = 30_000;
/** A program that finds credentials is not waited for any longer. */
const STUCK_MS = 60_000;

/** Reaches the cluster that this process runs in, as the pod's service account.
 *  @throws {Fault} `cluster/not-found` outside of a cluster
 *  @see Kubernetes, "Accessing the API from a Pod" */
export function inClusterAccess(
  env: NodeJS.ProcessEnv = process.env,
  folder = ACCOUNT_FOLDER,
): ApiAccess {
  const { KUBERNETES_SERVICE_HOST: host, KUBERNETES_SERVICE_PORT: port = '443' } = env;
  if (!host) {
    throw new Fault('cluster/not-found', 'This process does not run in a cluster', {
      hint: 'set a kubeconfig instead of inCluster',
    });
  }
  let read: { readonly at: number; readonly options: RequestOptions } | undefined;
  return {
    server: new URL(`https://${host.includes(':') ? `[${host}]` : host}:${port}`),
    options: async () => {
      if (read === undefined || performance.now() - read.at > REREAD_MS) {
        const token = accountFile(folder, 'token').toString('utf8').trim();
        const options = {
          ca: accountFile(folder, 'ca.crt'),
          headers: { authorization: `Bearer ${token}` },
        };
        read = { at: performance.now(), options };
      }
      return read.options;
    },
  };
}

function accountFile(folder: string, name: string): Buffer {
  try {
    return readFileSync(join(folder, name));
  } catch (thrown) {
    throw new Fault(
      'cluster/unauthenticated',
      `The ${name} of the service account cannot be read: ${messageOf(thrown)}`,
      { hint: 'let the pod mount the token of its service account' },
    );
  }
}

/** Reaches a cluster as kubectl does. The client library is loaded only here: it needs 90 MB.
 *  @throws {Fault} `cluster/config-invalid` */
export async function kubeconfigAccess({
  kubeconfig,
  context,
}: Pick<ClusterConfig, 'kubeconfig' | 'context'>): Promise<ApiAccess> {
  const { KubeConfig } = await import('@kubernetes/client-node');
  const config = new KubeConfig();
  const named = kubeconfig === undefined ? 'The kubeconfig' : quote(kubeconfig, 200);
  try {
    if (kubeconfig === undefined) config.loadFromDefault();
    else config.loadFromFile(kubeconfig);
  } catch (thrown) {
    // What a parser says quotes what it read.
    const why = (thrown as NodeJS.ErrnoException).code ?? 'it is no kubeconfig';
    throw invalid(`${named} cannot be read: ${why}`);
  }
  if (context !== undefined) config.setCurrentContext(context);
  const cluster = config.getCurrentCluster();
  if (!cluster) throw invalid(`${named} has no context ${quote(context ?? config.currentContext)}`);
  const read = async (): Promise<RequestOptions> => {
    const options: RequestOptions = {};
    await config.applyToHTTPSOptions(options).catch((thrown: unknown) => {
      throw new Fault(
        'cluster/unauthenticated',
        `Credentials of the kubeconfig cannot be had: ${quote(messageOf(thrown), 200)}`,
      );
    });
    // Its agents keep the certificates that they were made with, and are needed for proxies only.
    if (cluster.proxyUrl) return options;
    const { agent: _, ...rest } = options;
    return rest;
  };
  return {
    server: toServer(cluster.server, named),
    // Each may run a program.
    options: onceAtATime(read, STUCK_MS),
  };
}

function toServer(text: string, named: string): URL {
  const url = URL.parse(text);
  if (url?.protocol === 'https:' || url?.protocol === 'http:') return url;
  throw invalid(`${named} names a server that is no URL`);
}

function invalid(message: string): Fault {
  return new Fault('cluster/config-invalid', message, {
    hint: '`kubectl config view` shows what it holds',
  });
}

/** @throws {Fault} `cluster/not-found`, `cluster/config-invalid` */
export async function accessOf(
  config: Pick<ClusterConfig, 'inCluster' | 'kubeconfig' | 'context'>,
): Promise<ApiAccess> {
  return config.inCluster ? inClusterAccess() : kubeconfigAccess(config);
}
