import type { DataPath } from '../../base/data.ts';
import { isFields, listAt, numberAt, pick, textAt } from '../../base/pick.ts';
import type { Subject } from '../../estate/index.ts';
import { type Plugin, pluginsIn, referenceIn } from './plugins.ts';

/** A service of the gateway: where its routes lead. */
export interface KongService {
  /** Its name and id, as routes and plugins refer to it. */
  readonly names: readonly string[];
  /** What comes before every path; `''` for nothing. */
  readonly path: string;
  /** The hosts behind it: its own, or the targets of the upstream that the host names. */
  readonly subjects: readonly Subject[];
}

/** A route with the service that it leads to. */
export interface KongRoute {
  readonly names: readonly string[];
  readonly service: KongService;
  readonly value: unknown;
  readonly at: DataPath;
}

/** What one declarative file configures. */
export interface KongConfiguration {
  readonly formatVersion: number;
  readonly routes: readonly KongRoute[];
  readonly plugins: readonly Plugin[];
  /** Whether routes strip their path where they do not say. */
  readonly stripsPath: boolean;
}

/** Reads services, routes and plugins, nested in each other or beside each other.
 *  @see https://developer.konghq.com/deck/reference/entities/ */
export function readConfiguration(value: unknown): KongConfiguration {
  const upstreams = upstreamsIn(value);
  const services = listAt(value, 'services').map((item) => toService(item, upstreams));
  const byName = new Map(
    services.flatMap((service) => service.names.map((name) => [name, service] as const)),
  );
  const nested = services.flatMap((service, index) =>
    listAt(value, 'services', index, 'routes').map((item, place) =>
      toRoute(item, service, ['services', index, 'routes', place]),
    ),
  );
  const top = listAt(value, 'routes').flatMap((item, index) => {
    const service = byName.get(referenceIn(item, 'service') ?? '');
    return service ? [toRoute(item, service, ['routes', index])] : [];
  });
  const routes = [...nested, ...top];
  return {
    formatVersion: Number(textAt(value, '_format_version')) || 3,
    routes,
    plugins: [
      ...pluginsIn(value, ['plugins']),
      ...services.flatMap(({ names: [name = ''] }, index) =>
        pluginsIn(value, ['services', index, 'plugins'], { service: name }),
      ),
      ...routes.flatMap(({ names: [name = ''], at }) =>
        pluginsIn(value, [...at, 'plugins'], { route: name }),
      ),
    ],
    stripsPath: pick(value, '_info', 'defaults', 'route', 'strip_path') !== false,
  };
}

/** An entity without name or id goes by what nobody else can be called. */
function namesOf(item: unknown, fallback: string): string[] {
  const names = [textAt(item, 'name'), textAt(item, 'id')].filter((name) => name !== undefined);
  return names.length > 0 ? names : [fallback];
}

function toRoute(item: unknown, service: KongService, at: DataPath): KongRoute {
  return { names: namesOf(item, `\n${at.join('.')}`), service, value: item, at };
}

type Upstreams = ReadonlyMap<string, readonly string[]>;

function upstreamsIn(value: unknown): Upstreams {
  return new Map(
    listAt(value, 'upstreams').flatMap((item) => {
      const name = textAt(item, 'name');
      const targets = listAt(item, 'targets').flatMap((target) => textAt(target, 'target') ?? []);
      return name === undefined ? [] : [[name, targets] as const];
    }),
  );
}

function toService(item: unknown, upstreams: Upstreams): KongService {
  const url = urlOf(item);
  const host = url?.hostname ?? textAt(item, 'host') ?? '';
  const port = url ? portOf(url) : numberAt(item, 'port');
  const targets = upstreams.get(host);
  const path = url?.pathname ?? textAt(item, 'path') ?? '';
  return {
    names: namesOf(item, `\n${host}:${port}${path}`),
    path: path === '/' ? '' : path,
    subjects: targets ? targets.flatMap(toSubject) : toAddress(host, port),
  };
}

/** `url` is short for protocol, host, port and path. */
function urlOf(item: unknown): URL | undefined {
  const text = isFields(item) ? textAt(item, 'url') : undefined;
  return text === undefined ? undefined : (URL.parse(text) ?? undefined);
}

function portOf({ port }: URL): number | undefined {
  return port === '' ? undefined : Number(port);
}

function toSubject(target: string): Subject[] {
  const [, host = '', port] = /^(.*?)(?::(\d{1,5}))?$/.exec(target) ?? [];
  return toAddress(host, port === undefined ? undefined : Number(port));
}

function toAddress(host: string, port: number | undefined): Subject[] {
  if (!/^[\w.-]{1,253}$/.test(host)) return [];
  return [{ by: 'address', host: host.toLowerCase(), ...(port !== undefined && { port }) }];
}
