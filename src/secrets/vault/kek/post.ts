import { exchange } from '../../../base/exchange.ts';
import { quote } from '../../../base/fault.ts';
import { kekMalformed, kekUnavailable } from './faults.ts';

/** One request in JSON to whoever holds a key. */
export interface JsonRequest {
  readonly url: URL;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: object;
  readonly timeoutMs: number;
  /** PEM to trust in place of the system's. */
  readonly ca?: string | undefined;
}

export interface JsonAnswer {
  readonly status: number;
  /** Undefined where it is no JSON. */
  readonly body: unknown;
}

const MAX_BYTES = 65_536;

/** Posts JSON, and gives the answer whatever its status is.
 *  @throws {Fault} `vault/kek-unavailable`, `vault/kek-malformed` */
export async function postJson(request: JsonRequest): Promise<JsonAnswer> {
  const { url, headers, timeoutMs, ca } = request;
  const came = await exchange({
    ...{ method: 'POST', url, timeoutMs, maxBytes: MAX_BYTES },
    headers: { ...headers, 'content-type': 'application/json' },
    body: JSON.stringify(request.body),
    ...(ca !== undefined && { tls: { ca } }),
  });
  const where = quote(url.origin, 200);
  if (came.outcome === 'answered') {
    const body = parse(came.body);
    came.body.fill(0);
    return { status: came.status, body };
  }
  if (came.outcome === 'too-large') {
    throw kekMalformed(`${where} answers with more than ${MAX_BYTES} bytes`);
  }
  const why =
    came.outcome === 'failed'
      ? (came.error.code ?? 'no connection')
      : `no answer within ${timeoutMs} ms`;
  const hint = 'look at its address, its certificate and its health';
  throw kekUnavailable(`${where} cannot be asked: ${why}`, hint);
}

function parse(bytes: Buffer): unknown {
  try {
    return JSON.parse(bytes.toString('utf8'));
  } catch {
    return undefined;
  }
}
