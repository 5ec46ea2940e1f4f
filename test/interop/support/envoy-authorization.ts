import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { load } from 'js-yaml';
import type { SidecarFile } from './envoy-sidecar.ts';

const FILE = join(import.meta.dirname, '../../../deploy/envoy/authorization.yaml');

interface AuthorizationFile {
  readonly connection_manager: object;
  readonly http_filters: readonly { readonly name: string }[];
  readonly cluster: object;
}

export interface AuthorizationSettings {
  /** Where external authorisation is: the socket of the Workload API, or a port of this machine. */
  readonly asked: string | number;
  /** How the rules are told: `grpc` is the file as it is. */
  readonly told?: 'grpc' | 'delta' | 'ads' | 'delta-ads';
  /** Changes to the file, as text. */
  readonly replace?: Readonly<Record<string, string>>;
  /** Filters that are left out, by their names. */
  readonly without?: readonly string[];
  /** Writes here what was decided of each request. */
  readonly accessLog?: string;
}

const ADS = `ads: {}
        resource_api_version: V3`;

/** Does to `sidecar.yaml` what `authorization.yaml` says. */
export function authorizing(settings: AuthorizationSettings): (file: SidecarFile) => object {
  const { asked, told = 'grpc', replace = {}, without = [], accessLog } = settings;
  let text = readFileSync(FILE, 'utf8');
  if (told === 'delta') text = text.replace('api_type: GRPC', 'api_type: DELTA_GRPC');
  if (told.endsWith('ads')) text = overAds(text);
  for (const [from, to] of Object.entries({ [SOCKET]: addressOf(asked), ...replace })) {
    if (!text.includes(from)) throw new Error(`authorization.yaml has no ${from} any more`);
    text = text.replaceAll(from, () => to);
  }
  const {
    connection_manager: settled,
    http_filters: filters,
    cluster,
  } = load(text) as AuthorizationFile;
  const http_filters = filters.filter(({ name }) => !without.includes(name));
  const more = { ...settled, http_filters, ...(accessLog && { access_log: [logTo(accessLog)] }) };
  return (file) => {
    const resources = file.static_resources;
    const listeners = resources.listeners.map((listener) =>
      listener.name === 'inbound'
        ? { ...listener, filter_chains: changed(listener, more) }
        : listener,
    );
    const clusters = [...resources.clusters, cluster];
    return { ...file, static_resources: { ...resources, listeners, clusters } };
  };
}

const SOCKET = 'pipe: { path: /run/reeve/workload.sock }';

const addressOf = (asked: string | number): string =>
  typeof asked === 'string'
    ? `pipe: { path: ${asked} }`
    : `socket_address: { address: 127.0.0.1, port_value: ${asked} }`;

function overAds(text: string): string {
  const start = text.indexOf('resource_api_version: V3');
  const end = text.indexOf('      # Until there are rules');
  return `${text.slice(0, start)}${ADS}\n${text.slice(end)}`;
}

function changed(
  listener: SidecarFile['static_resources']['listeners'][number],
  more: object,
): object[] {
  return listener.filter_chains.map((chain) => ({
    ...chain,
    filters: chain.filters.map((filter) => ({
      ...filter,
      typed_config: { ...filter.typed_config, ...more },
    })),
  }));
}

function logTo(path: string): object {
  const decided = '%DYNAMIC_METADATA(envoy.filters.http.ext_authz:reeve)%';
  const marked = '%DYNAMIC_METADATA(envoy.filters.http.rbac)%';
  return {
    name: 'file',
    typed_config: {
      '@type': 'type.googleapis.com/envoy.extensions.access_loggers.file.v3.FileAccessLog',
      path,
      log_format: {
        json_format: { path: '%REQ(:PATH)%', status: '%RESPONSE_CODE%', decided, marked },
      },
    },
  };
}
