import type { DropReason, LoggedRequest } from './logged-request.ts';
import { parseTime } from './time.ts';
import { parseRequestLine, parseStatus, type Token, tokensOf, valueIn } from './tokens.ts';

/** Lines of the common and the combined log format, with or without the virtual host in front, and
 *  with whatever an operator or a gateway appends:
 *  `host ident user [time] "request" status bytes "referer" "agent" …`
 *  @see Apache HTTP Server 2.4, Log Files; nginx, ngx_http_log_module (`combined`) */
export function parseCommonLog(line: string): LoggedRequest | DropReason {
  const tokens = tokensOf(line);
  const timeAt = tokens.findIndex(({ kind, text }) => kind === 'bracketed' && isTime(text));
  if (timeAt < 0) return 'not a known format';
  const [time, request, status] = tokens.slice(timeAt);
  if (request?.kind !== 'quoted') return 'not a known format';
  const parsed = parseRequestLine(request.text);
  if (parsed === undefined) return 'malformed request line';
  const before = tokens.slice(0, timeAt);
  const after = tokens.slice(timeAt + 3);
  const agent = after.filter(({ kind }) => kind === 'quoted')[1];
  const host = virtualHostOf(before);
  const service = appended(after);
  const userAgent = valueIn(agent);
  return {
    ...parsed,
    ...timeField(time),
    status: parseStatus(status?.text),
    ...(host !== undefined && { host }),
    ...(service !== undefined && { service }),
    ...(userAgent !== undefined && { userAgent }),
    ...(before.length >= 3 && valueIn(before.at(-1)) !== undefined && { credential: 'basic' }),
  };
}

function isTime(text: string): boolean {
  return parseTime(text) !== undefined;
}

function timeField(token: Token | undefined): { time?: number } {
  const time = parseTime(token?.text);
  return time === undefined ? {} : { time };
}

/** Words before the time are address, ident and user; one more in front is the host that was asked. */
function virtualHostOf(before: readonly Token[]): string | undefined {
  if (before.length < 4 || before[2]?.text !== '-') return undefined;
  return valueIn(before[0]);
}

/** Gateways name the service behind the request. */
function appended(after: readonly Token[]): string | undefined {
  return ingressUpstream(after) ?? traefikRouter(after);
}

/** `… "agent" 512 0.003 [shop-orders-8080] [] …`: namespace, service and port in one word.
 *  @see Ingress-Nginx Controller, Log format (`$proxy_upstream_name`) */
function ingressUpstream(after: readonly Token[]): string | undefined {
  const named = after.find(({ kind }) => kind === 'bracketed');
  return named === undefined
    ? undefined
    : /^([a-z0-9][\w.-]{0,200})-[a-z0-9]{1,15}$/.exec(named.text)?.[1];
}

/** `… "agent" 17 "orders@docker" "http://10.0.0.4:8080" 3ms`.
 *  @see Traefik, Logs & Access Logs (CLF) */
function traefikRouter(after: readonly Token[]): string | undefined {
  const [router, server, duration] = after.slice(-3);
  const isTraefik =
    router?.kind === 'quoted' && server?.kind === 'quoted' && /^\d+ms$/.test(duration?.text ?? '');
  return isTraefik ? valueIn(router)?.replace(/@[\w-]+$/, '') : undefined;
}
