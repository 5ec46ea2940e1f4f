/** The parts of a request target. */
export interface Target {
  /** Encoded as sent, with its first slash, without query and fragment. */
  readonly path: string;
  /** Text behind `?`; absent where there is none. */
  readonly query?: string;
  /** Of an absolute target, with the port. */
  readonly host?: string;
}

const ABSOLUTE = /^(?:https?|wss?|grpcs?|h2c?):\/\/([^/?#\s]{1,300})/i;

/** Splits an origin-form or absolute-form target; undefined for what is neither.
 *  @see RFC 9112 §3.2 */
export function splitTarget(target: string): Target | undefined {
  if (target.charCodeAt(0) === SLASH) return splitPath(target);
  const absolute = ABSOLUTE.exec(target);
  if (absolute === null) return undefined;
  const rest = target.slice(absolute[0].length);
  const path = splitPath(rest.startsWith('/') ? rest : `/${rest}`);
  const host = absolute[1]?.replace(/^.*@/, '');
  return host ? { ...path, host } : path;
}

const SLASH = 0x2f;

function splitPath(target: string): Target {
  const hash = target.indexOf('#');
  const whole = hash === -1 ? target : target.slice(0, hash);
  const mark = whole.indexOf('?');
  if (mark === -1) return { path: whole };
  return { path: whole.slice(0, mark), query: whole.slice(mark + 1) };
}

/** Blanks, control characters and quotes are never sent unencoded: a path that holds some is a piece of
 *  something else. */
export function isPath(path: string): boolean {
  for (let index = 0; index < path.length; index++) {
    const code = path.charCodeAt(index);
    if (code <= 0x20 || code === 0x7f || code === 0x22) return false;
  }
  return path.length > 0;
}

/** Longer paths are not told apart by anybody. */
const MAX_PATH_LENGTH = 2_048;

/** The parts of a target whose path can be counted; undefined for any other. */
export function usableTarget(text: string): Target | undefined {
  const target = splitTarget(text);
  const isUsable =
    target !== undefined && target.path.length <= MAX_PATH_LENGTH && isPath(target.path);
  return isUsable ? target : undefined;
}

/** Whether a path may be that of an RPC: `/payments.v1.Cards/Charge`.
 *  @see gRPC over HTTP2, Requests */
export function isGrpcPath(path: string): boolean {
  return /^\/[A-Za-z_][\w.]{0,254}\/[A-Za-z_]\w{0,127}$/.test(path);
}

const MAX_NAMES = 32;
const MAX_PARTS = 256;
const NAME = /^[A-Za-z_$][\w$.:[\]-]{0,63}$/;

/** Names of the parameters of a query, each once, at most 32. What looks like no name is left out. */
export function parameterNames(query: string): readonly string[] {
  const names = new Set<string>();
  let parts = 0;
  for (let start = 0; start <= query.length && parts++ < MAX_PARTS; ) {
    const end = endOfPart(query, start);
    const name = nameOf(query.slice(start, end));
    if (name !== undefined) names.add(name);
    if (names.size >= MAX_NAMES) break;
    start = end + 1;
  }
  return [...names];
}

function endOfPart(query: string, start: number): number {
  const ampersand = query.indexOf('&', start);
  return ampersand === -1 ? query.length : ampersand;
}

/** What has no `=` may be a value itself: keys and tokens stand so too. */
function nameOf(part: string): string | undefined {
  const equals = part.indexOf('=');
  if (equals === -1) return undefined;
  const name = decoded(part.slice(0, equals));
  return NAME.test(name) ? name : undefined;
}

function decoded(text: string): string {
  if (!text.includes('%') || text.length > 200) return text;
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
}

/** A host as logged, in lower case, with its port where that is none of the usual ones; undefined for
 *  what is no host (`-`, `_`, `*`). */
export function parseHost(text: string): { host: string; port?: number } | undefined {
  const match = HOST.exec(text);
  const host = (match?.[1] ?? match?.[2])?.toLowerCase();
  if (host === undefined || !/[a-z0-9]/.test(host)) return undefined;
  const port = Number(match?.[3] ?? 0);
  if (port > 65_535) return undefined;
  return port === 0 || port === 80 || port === 443 ? { host } : { host, port };
}

const HOST = /^(?:([A-Za-z0-9_](?:[\w.-]{0,251}\w)?)\.?|\[([0-9A-Fa-f:.]{2,45})\])(?::(\d{1,5}))?$/;
