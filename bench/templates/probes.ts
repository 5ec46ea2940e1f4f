import { hashOf, type Random } from './random.ts';
import { PROBE, type Request, type TrueOperation } from './traffic.ts';

/** How many requests of a hundred belong to no operation. */
export const PROBE_SHARE = 0.02;

/** What scanners ask everybody. */
const SCANNED = `
  /wp-login.php /wp-admin/setup-config.php /.env /.git/config /phpmyadmin/index.php /admin /login.jsp
  /actuator/env /server-status /cgi-bin/test.cgi /xmlrpc.php /vendor/phpunit/eval-stdin.php /console
  /solr/admin/info/system /owa/auth/logon.aspx /boaform/admin/formLogin /.aws/credentials /backup.zip
  /config.json /api/jsonws/invoke /manager/html /HNAP1 /robots.txt /favicon.ico /.well-known/security.txt
  /telescope/requests /debug/default/view /_ignition/execute-solution /ecp/Current/exporttool /test.php`
  .trim()
  .split(/\s+/);

const STATUSES = [404, 404, 404, 404, 404, 404, 404, 404, 401, 403];

/** What scanners ask, mistyped paths of the API, and paths below and beside its own. A path is always
 *  answered alike; some are refused before anybody looks whether there is anything. */
export function probe(operations: readonly TrueOperation[], random: Random): Request {
  if (random.chance(0.5)) return toProbe('GET', random.pick(SCANNED));
  const { method, template } = random.pick(operations);
  const path = template.replace(/\{[^{}]*\}/g, () => String(random.between(1, 9999)));
  return toProbe(method, random.pick(MISTAKES)(path, random));
}

function toProbe(method: string, path: string): Request {
  return { method, path, status: STATUSES[hashOf(path) % STATUSES.length] ?? 404, truth: PROBE };
}

const MISTAKES: readonly ((path: string, random: Random) => string)[] = [
  (path) => `${path}/undefined/x`,
  (path) => `${path}.bak`,
  (path, random) => {
    const at = random.between(1, path.length - 1);
    return `${path.slice(0, at)}${path.slice(at + 1)}x`.replaceAll('//', '/');
  },
  (path) => `/v99${path}`,
  (path) => `${path}/..%2f..%2fetc%2fpasswd`,
];
