import { exchange } from '../../base/exchange.ts';
import { Fault, quote } from '../../base/fault.ts';

/** What a store is asked with. */
export interface Asking {
  readonly url: string;
  readonly namespace?: string | undefined;
  readonly token: string;
  /** PEM to trust in place of the system's. */
  readonly ca?: string | undefined;
  readonly timeoutMs: number;
  readonly signal: AbortSignal;
}

const MAX_BYTES = 8 * 1_048_576;

/** Reads one path of the API, in JSON; undefined: there is nothing.
 *  @throws {Fault} `vault-store/unavailable`, `vault-store/forbidden`, `vault-store/malformed` */
export async function ask(path: string, asking: Asking): Promise<unknown> {
  const { status, text } = await get(new URL(`/v1/${path}`, asking.url), asking);
  if (status === 404) return undefined;
  if (status === 403) {
    throw new Fault('vault-store/forbidden', `${whereOf(asking)} refuses ${quote(path, 200)}`, {
      hint: 'let the policy of the token `list` and `read` the metadata of the mount',
    });
  }
  if (status !== 200) throw unavailable(asking, `it answers with status ${status}`);
  try {
    return JSON.parse(text);
  } catch {
    throw new Fault(
      'vault-store/malformed',
      `${whereOf(asking)} answers ${quote(path, 200)} with no JSON`,
    );
  }
}

async function get(url: URL, asking: Asking): Promise<{ status: number; text: string }> {
  const { namespace, token, ca, timeoutMs, signal } = asking;
  const came = await exchange({
    ...{ method: 'GET', url, timeoutMs, maxBytes: MAX_BYTES, signal },
    headers: {
      'x-vault-token': token,
      'x-vault-request': 'true',
      ...(namespace !== undefined && { 'x-vault-namespace': namespace }),
    },
    ...(ca !== undefined && { tls: { ca } }),
  });
  if (came.outcome === 'answered') return { status: came.status, text: came.body.toString('utf8') };
  if (came.outcome === 'too-large') {
    const message = `${whereOf(asking)} answers with more than ${MAX_BYTES} bytes`;
    throw new Fault('vault-store/malformed', message);
  }
  throw unavailable(
    asking,
    came.outcome === 'failed'
      ? (came.error.code ?? 'no connection')
      : `no answer within ${timeoutMs / 1_000} s`,
  );
}

const whereOf = ({ url }: Asking): string => quote(new URL(url).origin, 200);

const unavailable = (asking: Asking, why: string): Fault =>
  new Fault('vault-store/unavailable', `${whereOf(asking)} cannot be read: ${why}`, {
    hint: 'look at its address, its certificate, its seal and its health',
  });
