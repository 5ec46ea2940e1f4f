import { hashOf, type Random } from '../random.ts';
import type { Request } from '../traffic.ts';

const ASKED = `
  /.DS_Store /.vscode/sftp.json /api/.env.production /api/swagger-ui.html /autodiscover/autodiscover.xml
  /cdn-cgi/trace /dana-na/auth/url_default/welcome.cgi /db/dump.sql /druid/index.html /etc/passwd
  /geoserver/web /graphql/console /hudson /index.php /jenkins/script /nacos/v1/auth/users /old/login.aspx
  /portal/redlion /remote/fgt_lang /sitemap.xml /sslvpn/portal /struts2-showcase/index.action /tomcat
  /users/sign_in /v2/_catalog /web.config /ws/v1/cluster/apps/new-application /zabbix/index.php`
  .trim()
  .split(/\s+/);

/** A request for what is not there: a list of scanners', or a path that was just asked, spoilt. */
export function stray(path: string, random: Random): Omit<Request, 'truth'> {
  const asked = random.chance(0.6) ? random.pick(ASKED) : random.pick(SPOILS)(path);
  const chance = hashOf(asked, 3) % 20;
  return { method: 'GET', path: asked, status: chance < 2 ? 401 : chance < 5 ? 403 : 404 };
}

const SPOILS: readonly ((path: string) => string)[] = [
  (path) => `/api${path}`,
  (path) => `${path.replace(/\/+$/, '')}/null`,
  (path) => path.replace(/\/[^/]*$/, '/%7B%7Bid%7D%7D'),
  (path) => `${path.toLowerCase()}.php`,
  (path) => path.split('/').toReversed().join('/').replace(/^\/?/, '/'),
];
