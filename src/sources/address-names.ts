/** What the names in an address mean: which hosts are no service at all, and which lie outside. */

/** Hosts that mean the machine itself, the platform, or documentation. */
const IGNORED = new Set([
  'localhost',
  'host.docker.internal',
  'gateway.docker.internal',
  'metadata.google.internal',
  'kubernetes',
  'kubernetes.default',
  'kubernetes.default.svc',
  'kubernetes.default.svc.cluster.local',
  'github.com',
  'raw.githubusercontent.com',
  'creativecommons.org',
  'opensource.org',
  'json.schemastore.org',
  'golang.org',
  'kubernetes.io',
  'helm.sh',
]);

/** The same with everything below them. */
const IGNORED_DOMAINS = [
  'localhost',
  'example',
  'example.com',
  'example.net',
  'example.org',
  'invalid',
  'test',
  'json-schema.org',
  'w3.org',
  'xmlsoap.org',
  'springframework.org',
  'schemas.microsoft.com',
  'java.sun.com',
  'xmlns.jcp.org',
  'xmlns.oracle.com',
  'jakarta.ee',
  'maven.apache.org',
  'logging.apache.org',
  'readthedocs.io',
  'opencontainers.org',
];

/** Last labels that no public name has. */
const INTERNAL_SUFFIX =
  /(?:^|\.)(?:svc|local|internal|lan|corp|intranet|home|localdomain|consul|mesh|cluster)$/;
/** Top-level domains that decide for themselves; `payments.shop` and `orders.dev` may as well be a
 *  service and its namespace. */
const PUBLIC_SUFFIX =
  /\.(?:com|net|org|io|co|ai|cloud|gov|edu|mil|info|biz|eu|us|uk|de|fr|nl|ca|ch|jp|cn|br|au|ru|se|pl|es|tv)$/;
const COUNTRY_SUFFIX =
  /^[^.]+(?:\.[^.]+)*\.[^.]+\.(?:[a-z]{2}|dev|app|shop|store|tech|online|site)$/;

/** Whether a host names nothing that a service could be. */
export function isIgnoredHost(host: string): boolean {
  return (
    IGNORED.has(host) ||
    isIpAddress(host) ||
    IGNORED_DOMAINS.some((domain) => host === domain || host.endsWith(`.${domain}`))
  );
}

/** Whether a host looks like a name of the public DNS rather than one of a cluster or network. */
export function isPublicHost(host: string): boolean {
  if (INTERNAL_SUFFIX.test(host)) return false;
  return PUBLIC_SUFFIX.test(host) || COUNTRY_SUFFIX.test(host);
}

function isIpAddress(host: string): boolean {
  return /^[\d.]+$/.test(host) || host.includes(':');
}

/** Schemes whose authority is no host on the network. */
export const IGNORED_SCHEMES = new Set([
  'arn',
  'classpath',
  'data',
  'docker',
  'file',
  'fd',
  'gs',
  'git',
  'jar',
  'npipe',
  'oci',
  's3',
  's3a',
  'secret',
  'secrets',
  'spiffe',
  'unix',
  'urn',
  'vault',
  'wasb',
  'abfs',
]);

/** Endings of names whose bare value is a host. */
const HOST_WORD =
  /(?:^|[._-])(?:host|hosts|hostname|hostnames|addr|addrs|address|addresses|url|urls|uri|uris|endpoint|endpoints|server|servers|service|svc|broker|brokers|node|nodes|seeds|peers|target|targets|upstream|upstreams|contact-points|bootstrap-servers)$/;
/** Names whose value only looks like an address. */
const OTHER_WORD = /(?:^|[._-])(?:image|images|version|tag|schema|docs?|license|namespace|class)$/;

/** `paymentsHost`, `PAYMENTS_HOST` and `payments.host` are one name. */
function plainName(name: string): string {
  return name
    .replace(/(?<=[a-z0-9])(?=[A-Z])/g, '-')
    .toLowerCase()
    .replaceAll('_', '-');
}

export function namesHost(name: string): boolean {
  return HOST_WORD.test(plainName(name));
}

export function namesOtherThing(name: string): boolean {
  return OTHER_WORD.test(plainName(name));
}
