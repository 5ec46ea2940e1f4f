import { randomUUID } from 'node:crypto';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { request } from 'node:https';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { TLSSocket } from 'node:tls';
import { AdmissionConfig } from '../../src/authorization/admission/index.ts';
import { parseYaml } from '../../src/base/data.ts';
import { type Fields, fieldsAt, isFields, textAt } from '../../src/base/pick.ts';
import { ClustersConfig } from '../../src/sources/kubernetes/live/config/index.ts';
import { startTestServer, type TestServer } from './server.ts';

/** A server with an admission webhook, for a cluster that a kubeconfig leads to. */
export interface AdmissionUnderTest extends TestServer {
  /** Of the webhook. */
  readonly port: number;
  /** Authorities of the trust bundle now, PEM. */
  bundle(): Promise<string>;
  metrics(): Promise<string>;
}

export async function startAdmission(
  clusters: readonly { readonly name: string; readonly kubeconfig: string }[],
  admission: object = {},
  more: object = {},
): Promise<AdmissionUnderTest> {
  const server = await startTestServer({
    clusters: ClustersConfig.parse(clusters),
    admission: AdmissionConfig.parse({ enabled: true, port: 0, ...admission }),
    ...more,
  });
  return {
    ...server,
    port: Number(server.admissionAddress?.split(':').at(-1)),
    bundle: async () => (await server.ask('/api/v1/identity/bundle?format=pem')).text(),
    metrics: async () => (await server.ask('/metrics')).text(),
  };
}

/** A kubeconfig that leads to a test server. */
export function kubeconfigOf(origin: string, token: string): { path: string; remove(): void } {
  const folder = mkdtempSync(join(tmpdir(), 'reeve-kubeconfig-'));
  const path = join(folder, 'kubeconfig');
  const value = {
    apiVersion: 'v1',
    kind: 'Config',
    'current-context': 'test',
    clusters: [{ name: 'test', cluster: { server: origin, 'insecure-skip-tls-verify': true } }],
    users: [{ name: 'test', user: { token } }],
    contexts: [{ name: 'test', context: { cluster: 'test', user: 'test' } }],
  };
  writeFileSync(path, JSON.stringify(value));
  return { path, remove: () => rmSync(folder, { recursive: true, force: true }) };
}

export interface Told {
  readonly status: number | undefined;
  readonly body: unknown;
  readonly serial: string;
}

/** Asks as an API server does: over HTTPS, with the certificate verified for its name. */
export function askWebhook(
  port: number,
  ca: string | undefined,
  body: string | Buffer,
  options: object = {},
): Promise<Told> {
  return new Promise((resolve, reject) => {
    const sent = request(
      {
        ...{ host: '127.0.0.1', port, path: '/validate?timeout=10s', method: 'POST', agent: false },
        ...{
          servername: 'reeve-admission.reeve.svc',
          headers: { 'content-type': 'application/json' },
        },
        ...(ca !== undefined && { ca }),
        ...options,
      },
      (response) => {
        const { serialNumber: serial } = (response.socket as TLSSocket).getPeerCertificate();
        const parts: Buffer[] = [];
        response.on('data', (part: Buffer) => parts.push(part));
        response.on('end', () => {
          const text = Buffer.concat(parts).toString('utf8');
          resolve({ status: response.statusCode, body: JSON.parse(text), serial });
        });
      },
    );
    sent.on('error', reject);
    sent.end(body);
  });
}

/** What an API server asks about an object. */
export function reviewOf(
  object: Fields | string,
  said: Fields = {},
): { readonly apiVersion: string; readonly kind: string; readonly request: Fields } {
  const value = typeof object === 'string' ? objectOf(object) : object;
  const apiVersion = textAt(value, 'apiVersion') ?? '';
  const [group, version] = apiVersion.includes('/') ? apiVersion.split('/') : ['', apiVersion];
  const kind = textAt(value, 'kind') ?? '';
  const isDeleted = said.operation === 'DELETE';
  return {
    apiVersion: 'admission.k8s.io/v1',
    kind: 'AdmissionReview',
    request: {
      uid: randomUUID(),
      kind: { group, version, kind },
      resource: { group, version, resource: `${kind.toLowerCase()}s` },
      name: textAt(value, 'metadata', 'name'),
      namespace: fieldsAt(value, 'metadata').namespace ?? '',
      operation: 'CREATE',
      userInfo: { username: 'test' },
      object: isDeleted ? null : value,
      oldObject: isDeleted ? value : null,
      dryRun: false,
      ...said,
    },
  };
}

export function objectOf(manifest: string): Fields {
  const value = parseYaml(manifest).documents[0]?.value;
  if (!isFields(value)) throw new Error('the manifest has no object');
  return value;
}
