import { type ChildProcess, spawn, spawnSync } from 'node:child_process';
import { createHash, generateKeyPairSync, randomBytes } from 'node:crypto';
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { request } from 'node:https';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { parseYaml } from '../../../src/base/data.ts';
import { type Fields, fieldsAt, isFields, textAt } from '../../../src/base/pick.ts';
import { freePort } from '../../../src/base/testing/free-port.ts';
import {
  isClusterScoped,
  pluralOf,
} from '../../../src/sources/kubernetes/live/testing/api-server.ts';
import { untilUp } from '../../support/until-up.ts';
import { cacheFolder, type Peer } from './tools.ts';

const VERSION = '1.35.4';
const ETCD = '3.6.5';
/** Parts of Kubernetes that are released under versions of their own, and stand in its repository. */
const STAGING =
  `api apiextensions-apiserver apimachinery apiserver cli-runtime client-go cloud-provider
cluster-bootstrap code-generator component-base component-helpers controller-manager cri-api cri-client
csi-translation-lib dynamic-resource-allocation endpointslice externaljwt kms kube-aggregator
kube-controller-manager kube-proxy kube-scheduler kubectl kubelet metrics mount-utils pod-security-admission
sample-apiserver sample-cli-plugin sample-controller`.split(/\s+/);
const BUILD_MS = 1_500_000;

/** The API server of Kubernetes with etcd, as one program built from the Go module proxy. It takes about four
 *  minutes of two cores and 2 GB of memory, once. */
export async function kubernetesProgram(): Promise<Peer> {
  const source = readFileSync(join(import.meta.dirname, 'kube_apiserver.go'));
  const digest = createHash('sha256')
    .update(source)
    .update(VERSION + ETCD)
    .digest('hex');
  const folder = cacheFolder(`kubernetes-${VERSION}-${digest.slice(0, 16)}`);
  const path = join(folder, 'kubernetes');
  if (existsSync(path)) return { path };
  if (spawnSync('go', ['version']).status !== 0) return { why: 'Go is not installed' };
  writeFileSync(join(folder, 'main.go'), source);
  writeFileSync(join(folder, 'go.mod'), goModule());
  for (const words of [
    ['mod', 'tidy'],
    ['build', '-ldflags=-s -w', '-o', 'kubernetes', '.'],
  ]) {
    const why = await go(folder, words);
    if (why !== undefined) return { why };
  }
  return { path };
}

function goModule(): string {
  const staged = STAGING.map((name) => `\tk8s.io/${name} => k8s.io/${name} v0${VERSION.slice(1)}`);
  return `module kubernetes
go 1.25.0
godebug default=go1.25
require (
\tk8s.io/kubernetes v${VERSION}
\tk8s.io/component-base v0${VERSION.slice(1)}
\tgo.etcd.io/etcd/server/v3 v${ETCD}
)
replace (
${staged.join('\n')}
)
`;
}

/** Why it failed; the tests of other files go on meanwhile. */
function go(folder: string, words: readonly string[]): Promise<string | undefined> {
  return new Promise((resolve) => {
    const child = spawn('go', ['-C', folder, ...words], {
      stdio: ['ignore', 'ignore', 'pipe'],
      timeout: BUILD_MS,
    });
    let said = '';
    child.stderr.on('data', (chunk) => {
      said = (said + chunk).slice(-2_000);
    });
    child.on('error', (thrown) => resolve(thrown.message));
    child.on('close', (status) => {
      const last = said.trim().split('\n').at(-1) ?? '';
      resolve(status === 0 ? undefined : `go ${words.join(' ')} failed: ${last}`);
    });
  });
}

interface Answer {
  readonly status: number;
  readonly body: unknown;
  /** As kubectl shows them. */
  readonly warnings: readonly string[];
}

/** A cluster without nodes: etcd and an API server, in a folder of their own. */
export class RealCluster {
  readonly folder = mkdtempSync(join(tmpdir(), 'reeve-kubernetes-'));
  readonly #program: string;
  readonly #adminToken = randomBytes(16).toString('hex');
  readonly #kinds = new Map<string, string>();
  #etcdPort = 0;
  #peerPort = 0;
  #port = 0;
  #etcd: ChildProcess | undefined;
  #api: ChildProcess | undefined;

  private constructor(program: string) {
    this.#program = program;
  }

  static async start(program: string): Promise<RealCluster> {
    const cluster = new RealCluster(program);
    const { privateKey } = generateKeyPairSync('rsa', { modulusLength: 2_048 });
    const pem = privateKey.export({ format: 'pem', type: 'pkcs1' });
    writeFileSync(join(cluster.folder, 'accounts.key'), pem, { mode: 0o600 });
    const tokens = `${cluster.#adminToken},admin,admin,"system:masters"\n`;
    writeFileSync(join(cluster.folder, 'tokens.csv'), tokens, { mode: 0o600 });
    [cluster.#etcdPort, cluster.#peerPort, cluster.#port] = [
      await freePort(),
      await freePort(),
      await freePort(),
    ];
    cluster.#etcd = cluster.#run('etcd', [
      'etcd',
      ...['--data-dir', join(cluster.folder, 'etcd'), '--unsafe-no-fsync', '--log-level', 'error'],
      ...['--listen-client-urls', cluster.#etcdUrl, '--advertise-client-urls', cluster.#etcdUrl],
      ...['--listen-peer-urls', `http://127.0.0.1:${cluster.#peerPort}`],
      ...['--initial-advertise-peer-urls', `http://127.0.0.1:${cluster.#peerPort}`],
      ...['--initial-cluster', `default=http://127.0.0.1:${cluster.#peerPort}`],
    ]);
    await cluster.startApi();
    return cluster;
  }

  get #etcdUrl(): string {
    return `http://127.0.0.1:${this.#etcdPort}`;
  }

  get server(): string {
    return `https://127.0.0.1:${this.#port}`;
  }

  /** Resolves when it is ready. */
  async startApi(): Promise<void> {
    const file = (name: string) => join(this.folder, name);
    this.#api = this.#run('api', [
      ...['--etcd-servers', this.#etcdUrl, '--cert-dir', file('certificates')],
      ...['--bind-address', '127.0.0.1', '--advertise-address', '127.0.0.1'],
      ...['--secure-port', String(this.#port), '--service-cluster-ip-range', '10.96.0.0/16'],
      ...['--service-account-issuer', 'https://kubernetes.default.svc'],
      ...['--service-account-key-file', file('accounts.key')],
      ...['--service-account-signing-key-file', file('accounts.key')],
      ...['--token-auth-file', file('tokens.csv'), '--authorization-mode', 'RBAC'],
      // Accounts are made by a controller, which does not run here.
      ...['--disable-admission-plugins', 'ServiceAccount'],
    ]);
    const isReady = async () => (await this.ask('GET', '/readyz')).status === 200;
    const said = () => readFileSync(file('api.log'), 'utf8').split('\n').slice(-5).join('\n');
    await untilUp('the API server', this.#api, isReady, said);
  }

  async stopApi(): Promise<void> {
    await stop(this.#api);
  }

  async close(): Promise<void> {
    await stop(this.#api);
    await stop(this.#etcd);
    rmSync(this.folder, { recursive: true, force: true });
  }

  /** A kubeconfig for whoever has this token. */
  kubeconfig(name: string, token: string): string {
    const path = join(this.folder, `${name}.json`);
    const authority = join(this.folder, 'certificates', 'apiserver.crt');
    const text = JSON.stringify({
      'current-context': name,
      clusters: [{ name, cluster: { server: this.server, 'certificate-authority': authority } }],
      users: [{ name, user: { token } }],
      contexts: [{ name, context: { cluster: name, user: name } }],
    });
    writeFileSync(path, text, { mode: 0o600 });
    return path;
  }

  /** Makes or changes the objects of a manifest. Kinds that are not built in are installed first, open to any
   *  fields. */
  async apply(manifest: string): Promise<void> {
    for (const { value } of parseYaml(manifest).documents) {
      if (isFields(value)) await this.applyObject(value);
    }
  }

  async applyObject(object: Fields): Promise<void> {
    const path = await this.#pathOf(object);
    const answer = await this.ask('PATCH', `${path}?fieldManager=test&force=true`, object);
    if (answer.status >= 300) throw new Error(`${path}: ${JSON.stringify(answer.body)}`);
  }

  async remove(object: Fields): Promise<void> {
    const { status } = await this.ask('DELETE', await this.#pathOf(object));
    if (status >= 300) throw new Error(`${textAt(object, 'kind')} is not removed: ${status}`);
  }

  /** A token of an account, bound to a pod where one is named. */
  async tokenOf(
    namespace: string,
    account: string,
    audience?: string,
    pod?: string,
  ): Promise<string> {
    const { body } = await this.ask(
      'POST',
      `/api/v1/namespaces/${namespace}/serviceaccounts/${account}/token`,
      {
        apiVersion: 'authentication.k8s.io/v1',
        kind: 'TokenRequest',
        spec: {
          ...(audience !== undefined && { audiences: [audience] }),
          expirationSeconds: 3_600,
          ...(pod !== undefined && {
            boundObjectRef: { kind: 'Pod', apiVersion: 'v1', name: pod },
          }),
        },
      },
    );
    const token = textAt(body, 'status', 'token');
    if (token === undefined) throw new Error(`no token: ${JSON.stringify(body)}`);
    return token;
  }

  ask(method: string, path: string, body?: unknown): Promise<Answer> {
    const type = method === 'PATCH' ? 'application/apply-patch+yaml' : 'application/json';
    return new Promise((resolve, reject) => {
      const sent = request(
        `${this.server}${path}`,
        {
          method,
          headers: { authorization: `Bearer ${this.#adminToken}`, 'content-type': type },
          // Its certificate is made when it starts.
          rejectUnauthorized: false,
          timeout: 10_000,
        },
        (response) => {
          let text = '';
          response.setEncoding('utf8');
          response.on('data', (chunk) => {
            text += chunk;
          });
          response.on('end', () => {
            const isJson = response.headers['content-type']?.includes('json') ?? false;
            const said = response.headers.warning ?? '';
            resolve({
              status: response.statusCode ?? 0,
              body: isJson ? JSON.parse(text) : text,
              warnings: said === '' ? [] : said.split(/, (?=299 )/),
            });
          });
        },
      );
      sent.on('error', reject);
      sent.end(body === undefined ? undefined : JSON.stringify(body));
    });
  }

  async #pathOf(object: Fields): Promise<string> {
    const apiVersion = textAt(object, 'apiVersion') ?? '';
    const kind = textAt(object, 'kind') ?? '';
    const { name, namespace } = fieldsAt(object, 'metadata');
    const isCustom = apiVersion.split('/')[0]?.includes('.') && !apiVersion.includes('.k8s.io/');
    if (isCustom) await this.#install(apiVersion, kind);
    const base = apiVersion.includes('/') ? `/apis/${apiVersion}` : `/api/${apiVersion}`;
    const within = namespace === undefined ? '' : `/namespaces/${namespace}`;
    return `${base}${within}/${pluralOf(kind)}/${name}`;
  }

  async #install(apiVersion: string, kind: string): Promise<void> {
    const [group = '', version = ''] = apiVersion.split('/');
    const plural = pluralOf(kind);
    const name = `${plural}.${group}`;
    if (this.#kinds.has(name)) return;
    this.#kinds.set(name, version);
    const schema = {
      openAPIV3Schema: { type: 'object', 'x-kubernetes-preserve-unknown-fields': true },
    };
    await this.applyObject({
      apiVersion: 'apiextensions.k8s.io/v1',
      kind: 'CustomResourceDefinition',
      metadata: { name },
      spec: {
        group,
        scope: isClusterScoped(kind) ? 'Cluster' : 'Namespaced',
        names: { plural, kind, singular: kind.toLowerCase(), listKind: `${kind}List` },
        versions: [{ name: version, served: true, storage: true, schema }],
      },
    });
    for (let attempt = 0; attempt < 100; attempt++) {
      const { status } = await this.ask('GET', `/apis/${apiVersion}/${plural}?limit=1`);
      if (status === 200) return;
      await sleep(50);
    }
    throw new Error(`${name} is not served`);
  }

  #run(name: string, words: readonly string[]): ChildProcess {
    const child = spawn(
      '/bin/sh',
      ['-c', 'exec "$0" "$@" > "$LOG" 2>&1', this.#program, ...words],
      { stdio: 'ignore', env: { ...process.env, LOG: join(this.folder, `${name}.log`) } },
    );
    child.on('error', () => {});
    return child;
  }
}

async function stop(child: ChildProcess | undefined): Promise<void> {
  if (!child || child.exitCode !== null || child.signalCode !== null) return;
  const ended = new Promise((resolve) => child.once('exit', resolve));
  child.kill('SIGKILL');
  await ended;
}
