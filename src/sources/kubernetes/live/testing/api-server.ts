import { createHash, randomUUID } from 'node:crypto';
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { parseYaml } from '../../../../base/data.ts';
import { type Fields, fieldsAt, isFields, pick, textAt } from '../../../../base/pick.ts';
import { LIVE_KINDS } from '../kinds.ts';

/** An API server for tests, with the part of the protocol that reading needs: discovery, pages, watches with
 *  bookmarks, versions that are forgotten, metadata alone, refusals. */

interface Served {
  readonly group: string;
  readonly version: string;
  readonly kind: string;
  readonly plural: string;
  readonly namespaced: boolean;
}

interface Stored {
  readonly resource: Served;
  readonly value: Fields;
}

interface Event {
  readonly type: 'ADDED' | 'MODIFIED' | 'DELETED';
  readonly resource: Served;
  readonly value: Fields;
  readonly version: number;
}

interface Watch {
  readonly resource: Served;
  readonly isMetadata: boolean;
  readonly wants: (value: Fields) => boolean;
  readonly response: ServerResponse;
}

/** What a test makes of a request instead: true where it has answered it. */
export type Meddle = (request: IncomingMessage, response: ServerResponse) => boolean;

const CLUSTER_SCOPED = new Set([
  'Namespace',
  'IngressClass',
  'ClusterRole',
  'ClusterRoleBinding',
  'AdminNetworkPolicy',
  'BaselineAdminNetworkPolicy',
  'ClusterExternalSecret',
  'ClusterIssuer',
  'Mesh',
  'TrafficPermission',
  'CiliumClusterwideNetworkPolicy',
  'KongClusterPlugin',
]);
/** Groups that every cluster has; others are there with the first object of them. */
const BUILT_IN = new Set(['', 'apps', 'batch', 'networking.k8s.io', 'rbac.authorization.k8s.io']);
const BIRTH = '2026-01-01T00:00:00Z';

export class TestApiServer {
  readonly requests: string[] = [];
  readonly token = randomUUID();
  meddle: Meddle = () => false;
  /** Before Kubernetes 1.30: kinds are told a group at a time. */
  isOld = false;
  /** Groups that are served by somebody who is away. */
  readonly stale = new Set<string>();
  readonly #server: Server;
  readonly #stored = new Map<string, Stored>();
  readonly #events: Event[] = [];
  readonly #watches = new Set<Watch>();
  readonly #groups = new Map<string, string>([...BUILT_IN].map((group) => [group, 'v1']));
  readonly #continued = new Map<
    string,
    { readonly rest: readonly Fields[]; readonly version: number }
  >();
  #version = 100;
  #forgottenBefore = 0;

  private constructor() {
    this.#server = createServer((request, response) => this.#answer(request, response));
  }

  static async start(): Promise<TestApiServer> {
    const api = new TestApiServer();
    await new Promise<void>((resolve) => api.#server.listen(0, '127.0.0.1', resolve));
    return api;
  }

  get origin(): string {
    return `http://127.0.0.1:${(this.#server.address() as AddressInfo).port}`;
  }

  get watchCount(): number {
    return this.#watches.size;
  }

  async close(): Promise<void> {
    this.#server.closeAllConnections();
    await new Promise((resolve) => this.#server.close(resolve));
  }

  /** Makes or changes the objects of a manifest. */
  apply(manifest: string): void {
    for (const { value } of parseYaml(manifest).documents) {
      if (isFields(value)) this.put(value);
    }
  }

  put(object: Fields): void {
    const resource = this.#serve(object);
    const metadata = fieldsAt(object, 'metadata');
    const namespace = resource.namespaced
      ? (textAt(metadata, 'namespace') ?? 'default')
      : undefined;
    const key = keyOf(resource, namespace, textAt(metadata, 'name') ?? '');
    const before = this.#stored.get(key);
    const version = ++this.#version;
    const { namespace: _, ...rest } = metadata;
    const value = {
      ...object,
      metadata: {
        creationTimestamp: BIRTH,
        ...rest,
        ...(namespace !== undefined && { namespace }),
        uid: textAt(before?.value, 'metadata', 'uid') ?? randomUUID(),
        resourceVersion: String(version),
        managedFields: [managedFields(object)],
      },
      status: { ...fieldsAt(object, 'status'), observedGeneration: version },
    };
    this.#stored.set(key, { resource, value });
    this.#tell({ type: before ? 'MODIFIED' : 'ADDED', resource, value, version });
  }

  uidOf(kind: string, namespace: string, name: string): string {
    const found = [...this.#stored.values()].find(
      ({ resource, value }) =>
        resource.kind === kind &&
        textAt(value, 'metadata', 'namespace') === namespace &&
        textAt(value, 'metadata', 'name') === name,
    );
    return textAt(found?.value, 'metadata', 'uid') ?? '';
  }

  remove(kind: string, namespace: string | undefined, name: string): void {
    for (const [key, { resource, value }] of this.#stored) {
      if (key !== keyOf(resource, namespace, name) || resource.kind !== kind) continue;
      this.#stored.delete(key);
      const version = ++this.#version;
      const metadata = { ...fieldsAt(value, 'metadata'), resourceVersion: String(version) };
      this.#tell({ type: 'DELETED', resource, value: { ...value, metadata }, version });
    }
  }

  /** A group of custom resources is uninstalled. */
  withdraw(group: string): void {
    this.#groups.delete(group);
    for (const [key, { resource }] of this.#stored) {
      if (resource.group === group) this.#stored.delete(key);
    }
  }

  /** Versions up to now are known no more, as after etcd was compacted. */
  compact(): void {
    this.#forgottenBefore = ++this.#version;
    this.#continued.clear();
  }

  dropWatches(): void {
    for (const { response } of this.#watches) response.destroy();
  }

  bookmark(): void {
    for (const watch of this.#watches) {
      const { group, version, kind } = watch.resource;
      const apiVersion = group === '' ? version : `${group}/${version}`;
      const metadata = { resourceVersion: String(this.#version) };
      send(watch, 'BOOKMARK', { kind, apiVersion, metadata });
    }
  }

  #serve(object: Fields): Served {
    const apiVersion = textAt(object, 'apiVersion') ?? 'v1';
    const [group, version = group] = apiVersion.includes('/')
      ? apiVersion.split('/')
      : ['', apiVersion];
    const kind = textAt(object, 'kind') ?? '';
    if (group === undefined || version === undefined) throw new Error(`not served: ${apiVersion}`);
    // what is stored in one version is served in each
    const served = this.#groups.get(group) ?? version;
    this.#groups.set(group, served);
    return toServed(group, served, kind);
  }

  #tell(event: Event): void {
    this.#events.push(event);
    for (const watch of this.#watches) {
      const { kind, group } = watch.resource;
      if (event.resource.kind !== kind || event.resource.group !== group) continue;
      if (watch.wants(event.value)) send(watch, event.type, event.value);
    }
  }

  #answer(request: IncomingMessage, response: ServerResponse): void {
    this.requests.push(`${request.method} ${request.url}`);
    if (this.meddle(request, response)) return;
    if (request.headers.authorization !== `Bearer ${this.token}`) {
      refuse(response, 401, 'Unauthorized', 'Unauthorized');
      return;
    }
    const url = new URL(request.url ?? '/', 'http://api');
    const steps = url.pathname.split('/').slice(1);
    if (url.pathname === '/apis') {
      this.#tellGroups(request, response);
      return;
    }
    const [group, version, ...rest] = steps[0] === 'api' ? ['', ...steps.slice(1)] : steps.slice(1);
    if (group === undefined || version === undefined || this.#groups.get(group) !== version) {
      notFound(response);
      return;
    }
    if (rest.length === 0) {
      json(response, { resources: resourcesOf(group, version) });
      return;
    }
    const namespace = rest[0] === 'namespaces' && rest.length > 2 ? rest[1] : undefined;
    const plural = rest.at(-1);
    const resource = LIVE_KINDS.filter((one) => one.group === group)
      .flatMap((one) => one.kinds.map((kind) => toServed(group, version, kind)))
      .find((one) => one.plural === plural);
    if (!resource) {
      notFound(response);
      return;
    }
    const wants = selector(url.searchParams.get('fieldSelector'), namespace);
    const isMetadata = request.headers.accept?.includes('as=PartialObjectMetadata') ?? false;
    if (url.searchParams.get('watch') === 'true')
      this.#watch(url, { resource, isMetadata, wants, response });
    else this.#list(url, { resource, isMetadata, wants, response });
  }

  #tellGroups(request: IncomingMessage, response: ServerResponse): void {
    const isAggregated = request.headers.accept?.includes('as=APIGroupDiscoveryList') ?? false;
    if (!isAggregated || this.isOld) {
      json(response, this.#groupList());
      return;
    }
    const text = JSON.stringify(this.#discovery());
    const etag = `"${createHash('sha256').update(text).digest('hex')}"`;
    if (request.headers['if-none-match'] === etag) response.writeHead(304, { etag }).end();
    else response.writeHead(200, { 'content-type': 'application/json', etag }).end(text);
  }

  #discovery(): Fields {
    const groups = [...this.#groups].filter(([name]) => name !== '');
    return {
      kind: 'APIGroupDiscoveryList',
      items: groups.map(([name, version]) => ({
        metadata: { name },
        versions: [
          {
            version,
            freshness: this.stale.has(name) ? 'Stale' : 'Current',
            resources: resourcesOf(name, version)
              .filter((one) => !String(one.name).includes('/'))
              .map(({ name: resource, kind, namespaced, verbs }) => ({
                resource,
                responseKind: { group: name, version, kind },
                scope: namespaced ? 'Namespaced' : 'Cluster',
                verbs,
              })),
          },
        ],
      })),
    };
  }

  #groupList(): Fields {
    const groups = [...this.#groups].filter(([name]) => name !== '');
    return {
      kind: 'APIGroupList',
      groups: groups.map(([name, version]) => {
        const said = { groupVersion: `${name}/${version}`, version };
        return { name, versions: [said], preferredVersion: said };
      }),
    };
  }

  #list(url: URL, { resource, isMetadata, wants, response }: Watch): void {
    const token = url.searchParams.get('continue');
    const continued = token === null ? undefined : this.#continued.get(token);
    if (token !== null && !continued) {
      refuse(response, 410, 'Expired', 'The provided continue parameter is too old');
      return;
    }
    const all =
      continued?.rest ??
      [...this.#stored.values()]
        .filter(
          (one) => one.resource.kind === resource.kind && one.resource.group === resource.group,
        )
        .map(({ value }) => value)
        .filter(wants);
    const version = continued?.version ?? this.#version;
    const limit = Number(url.searchParams.get('limit') ?? 0) || all.length;
    const rest = all.slice(limit);
    const next = rest.length > 0 ? randomUUID() : '';
    if (next !== '') this.#continued.set(next, { rest, version });
    const items = all
      .slice(0, limit)
      .map((value) => (isMetadata ? metadataOf(value) : untyped(value)));
    json(response, {
      kind: isMetadata ? 'PartialObjectMetadataList' : `${resource.kind}List`,
      metadata: { resourceVersion: String(version), ...(next !== '' && { continue: next }) },
      items,
    });
  }

  #watch(url: URL, watch: Watch): void {
    const from = Number(url.searchParams.get('resourceVersion') ?? 0);
    watch.response.writeHead(200, { 'content-type': 'application/json' });
    watch.response.flushHeaders();
    if (from < this.#forgottenBefore) {
      const status = {
        kind: 'Status',
        code: 410,
        reason: 'Expired',
        message: 'too old resource version',
      };
      watch.response.end(`${JSON.stringify({ type: 'ERROR', object: status })}\n`);
      return;
    }
    const { kind, group } = watch.resource;
    for (const { type, resource, value, version } of this.#events) {
      if (version <= from || resource.kind !== kind || resource.group !== group) continue;
      if (watch.wants(value)) send(watch, type, value);
    }
    this.#watches.add(watch);
    const seconds = Number(url.searchParams.get('timeoutSeconds') ?? 60);
    const timer = setTimeout(() => watch.response.end(), seconds * 1_000);
    watch.response.on('close', () => {
      clearTimeout(timer);
      this.#watches.delete(watch);
    });
  }
}

function keyOf({ group, kind }: Served, namespace: string | undefined, name: string): string {
  return `${group}/${kind}/${namespace ?? ''}/${name}`;
}

/** `networkpolicies` of NetworkPolicy. */
export function pluralOf(kind: string): string {
  const word = kind.toLowerCase();
  return /(?:s|sh)$/.test(word) ? `${word}es` : `${word.replace(/([^aeiou])y$/, '$1ie')}s`;
}

export function isClusterScoped(kind: string): boolean {
  return CLUSTER_SCOPED.has(kind);
}

function toServed(group: string, version: string, kind: string): Served {
  return { group, version, kind, plural: pluralOf(kind), namespaced: !isClusterScoped(kind) };
}

function resourcesOf(group: string, version: string): Fields[] {
  const kinds = LIVE_KINDS.filter((one) => one.group === group).flatMap((one) => one.kinds);
  return kinds.flatMap((kind) => {
    const { plural, namespaced } = toServed(group, version, kind);
    const verbs = ['create', 'get', 'list', 'watch'];
    return [
      { name: plural, kind, namespaced, verbs },
      { name: `${plural}/status`, kind, namespaced, verbs: ['get'] },
    ];
  });
}

function selector(fields: string | null, namespace: string | undefined) {
  const [path = '', value] = (fields ?? '').split('=');
  return (object: Fields): boolean =>
    (namespace === undefined || textAt(object, 'metadata', 'namespace') === namespace) &&
    (value === undefined || textAt(object, ...path.split('.')) === value);
}

/** Items of lists of built-in kinds do not name their kind. */
function untyped({ kind: _, apiVersion: __, ...rest }: Fields): Fields {
  return rest;
}

function metadataOf({ metadata }: Fields): Fields {
  return { kind: 'PartialObjectMetadata', apiVersion: 'meta.k8s.io/v1', metadata };
}

function managedFields(object: Fields): Fields {
  const data = Object.keys(fieldsAt(object, 'data')).concat(
    Object.keys(fieldsAt(object, 'stringData')),
  );
  return {
    manager: 'test',
    operation: 'Update',
    fieldsType: 'FieldsV1',
    fieldsV1: { 'f:data': { '.': {}, ...Object.fromEntries(data.map((key) => [`f:${key}`, {}])) } },
  };
}

function send({ isMetadata, response }: Watch, type: string, value: Fields): void {
  const object = isMetadata && pick(value, 'metadata') !== undefined ? metadataOf(value) : value;
  response.write(`${JSON.stringify({ type, object })}\n`);
}

export function json(response: ServerResponse, body: unknown): void {
  response.writeHead(200, { 'content-type': 'application/json' }).end(JSON.stringify(body));
}

export function refuse(
  response: ServerResponse,
  code: number,
  reason: string,
  message: string,
  retryAfterSeconds = code === 429 ? 1 : undefined,
): void {
  const headers = {
    'content-type': 'application/json',
    ...(retryAfterSeconds !== undefined && { 'retry-after': String(retryAfterSeconds) }),
  };
  const status = { kind: 'Status', status: 'Failure', code, reason, message };
  response.writeHead(code, headers).end(JSON.stringify(status));
}

function notFound(response: ServerResponse): void {
  refuse(response, 404, 'NotFound', 'the server could not find the requested resource');
}
