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

/** Reads one path of the API, in JSON; undefined: there is nothing. Follows no redirection, so that the token goes nowhere
 *  else.
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

function get(url: URL, asking: Asking): Promise<{ status: number; text: string }> {
  const { namespace, token, ca, timeoutMs, signal } = asking;
  // what is not used is not loaded
  const { request } = process.getBuiltinModule(
    url.protocol === 'https:' ? 'node:https' : 'node:http',
  );
  const settings = {
    headers: {
      'x-vault-token': token,
      'x-vault-request': 'true',
      ...(namespace !== undefined && { 'x-vault-namespace': namespace }),
    },
    signal: AbortSignal.any([signal, AbortSignal.timeout(timeoutMs)]),
    agent: false,
    ...(ca !== undefined && { ca }),
  };
  return new Promise((resolve, reject) => {
    const fail = (error: NodeJS.ErrnoException) => {
      const isLate = error.name === 'TimeoutError' || error.name === 'AbortError';
      const why = isLate
        ? `no answer within ${timeoutMs / 1_000} s`
        : (error.code ?? 'no connection');
      reject(unavailable(asking, why));
    };
    const sending = request(url, settings, (answer) => {
      const parts: Buffer[] = [];
      let size = 0;
      answer.on('data', (part: Buffer) => {
        size += part.length;
        if (size <= MAX_BYTES) return void parts.push(part);
        answer.destroy();
        const message = `${whereOf(asking)} answers with more than ${MAX_BYTES} bytes`;
        reject(new Fault('vault-store/malformed', message));
      });
      answer.on('end', () =>
        resolve({ status: answer.statusCode ?? 0, text: Buffer.concat(parts).toString('utf8') }),
      );
      answer.on('error', fail);
    });
    sending.on('error', fail);
    sending.end();
  });
}

const whereOf = ({ url }: Asking): string => quote(new URL(url).origin, 200);

const unavailable = (asking: Asking, why: string): Fault =>
  new Fault('vault-store/unavailable', `${whereOf(asking)} cannot be read: ${why}`, {
    hint: 'look at its address, its certificate, its seal and its health',
  });
