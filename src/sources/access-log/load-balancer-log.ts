import type { DropReason, LoggedRequest } from './logged-request.ts';
import { parseTime } from './time.ts';
import { parseRequestLine, parseStatus, tokensOf, valueIn } from './tokens.ts';

const TYPES = new Set(['http', 'https', 'h2', 'grpcs', 'ws', 'wss']);
const TARGET_GROUP = /:targetgroup\/([\w-]{1,64})\//;

/** Whether a line begins like one of an AWS Application Load Balancer. */
export function isLoadBalancerLog(line: string): boolean {
  const space = line.indexOf(' ');
  return space > 0 && space < 6 && TYPES.has(line.slice(0, space));
}

/** Lines of an AWS Application Load Balancer. The service is the target group; a request that reached
 *  none is named by its host.
 *  @see Elastic Load Balancing, Access logs for your Application Load Balancer (log entries) */
export function parseLoadBalancerLog(line: string): LoggedRequest | DropReason {
  const tokens = tokensOf(line);
  const [type, time, , , , , , , status] = tokens;
  const request = tokens[12];
  const at = parseTime(time?.text);
  if (at === undefined || request?.kind !== 'quoted') return 'not a known format';
  const parsed = parseRequestLine(request.text);
  if (parsed === undefined) return 'malformed request line';
  const service = TARGET_GROUP.exec(tokens[16]?.text ?? '')?.[1];
  const userAgent = valueIn(tokens[13]);
  return {
    ...parsed,
    time: at,
    status: parseStatus(status?.text),
    ...(service !== undefined && { service }),
    ...(userAgent !== undefined && { userAgent }),
    ...(type?.text === 'grpcs' && { isGrpc: true }),
  };
}
