import type { DropReason, LoggedRequest } from './logged-request.ts';
import { parseTime } from './time.ts';
import { parseRequestLine, parseStatus, tokensOf, valueIn } from './tokens.ts';
import { serviceOfCluster } from './upstream-cluster.ts';

/** Lines of Envoy's default format, and of Istio's, which has more in the middle and at the end. Both
 *  end their quoted words with forwarded-for, agent, request id, authority, upstream host.
 *  @see Envoy, Access logging, Default format string; Istio, Envoy Access Logs */
export function parseEnvoyText(line: string): LoggedRequest | DropReason {
  const [time, request, status, ...rest] = tokensOf(line);
  const at = time?.kind === 'bracketed' ? parseTime(time.text) : undefined;
  if (at === undefined || request?.kind !== 'quoted') return 'not a known format';
  // A connection that carried no HTTP: `"- - -" 0`.
  if (/^-( -)*$/.test(request.text)) return 'not a request';
  const parsed = parseRequestLine(request.text);
  if (parsed === undefined) return 'malformed request line';
  const lastQuoted = rest.findLastIndex(({ kind }) => kind === 'quoted');
  const quoted = rest.filter(({ kind }) => kind === 'quoted');
  const userAgent = valueIn(quoted.at(-4));
  const host = valueIn(quoted.at(-2));
  const service = serviceOfCluster(valueIn(rest[lastQuoted + 1]));
  return {
    ...parsed,
    time: at,
    status: parseStatus(status?.text),
    ...(userAgent !== undefined && { userAgent }),
    ...(host !== undefined && { host }),
    ...service,
  };
}
