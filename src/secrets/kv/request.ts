import { TargetFault } from '../rotation/rotator.ts';
import { readCertificates } from '../rotators/network.ts';

const MAX_BYTES = 1_048_576;
/** What Node and OpenSSL call certificates that prove nothing. */
const CERTIFICATE = /CERT|SELF_SIGNED|UNABLE_TO_VERIFY|HOSTNAME_MISMATCH/;

/** Who is asked, and how it has to prove that. */
export interface Server {
  readonly url: string;
  readonly namespace?: string | undefined;
  readonly caFile?: string | undefined;
  readonly tls: 'verified' | 'unverified';
  readonly requestSeconds: number;
}

export interface Question {
  readonly method: 'GET' | 'POST';
  /** Without `/v1/`. */
  readonly path: string;
  readonly token?: string | undefined;
  readonly body?: object;
}

export interface Answer {
  readonly status: number;
  /** Undefined where it is no JSON. */
  readonly body: unknown;
}

/** One request to OpenBao or Vault, with the answer whatever its status is. No redirection is followed: a token goes
 *  nowhere else.
 *  @throws {TargetFault} */
export async function ask(server: Server, question: Question, stop: AbortSignal): Promise<Answer> {
  const late = AbortSignal.timeout(server.requestSeconds * 1_000);
  try {
    return await exchange(server, question, AbortSignal.any([stop, late]));
  } catch (thrown) {
    if (thrown instanceof TargetFault) throw thrown;
    throw networkFault(thrown, server, late.aborted);
  }
}

function exchange(server: Server, question: Question, signal: AbortSignal): Promise<Answer> {
  const url = new URL(`/v1/${question.path}`, server.url);
  // what is not used is not loaded
  const { request } = process.getBuiltinModule(
    url.protocol === 'https:' ? 'node:https' : 'node:http',
  );
  const text = question.body === undefined ? '' : JSON.stringify(question.body);
  const headers = {
    'x-vault-request': 'true',
    'content-length': String(Buffer.byteLength(text)),
    ...(text !== '' && { 'content-type': 'application/json' }),
    ...(question.token !== undefined && { 'x-vault-token': question.token }),
    ...(server.namespace !== undefined && { 'x-vault-namespace': server.namespace }),
  };
  const settings = {
    method: question.method,
    headers,
    signal,
    agent: false,
    rejectUnauthorized: server.tls === 'verified',
    ...(server.caFile !== undefined && { ca: readCertificates(server.caFile) }),
  };
  return new Promise((resolve, reject) => {
    const sending = request(url, settings, (answer) => {
      const parts: Buffer[] = [];
      let size = 0;
      answer.on('data', (part: Buffer) => {
        parts.push(part);
        size += part.length;
        if (size <= MAX_BYTES) return;
        answer.destroy();
        const why = `${url.origin} answers with more than ${MAX_BYTES} bytes`;
        reject(new TargetFault('unreachable', why));
      });
      answer.on('end', () =>
        resolve({ status: answer.statusCode ?? 0, body: parse(Buffer.concat(parts)) }),
      );
      answer.on('error', reject);
    });
    sending.on('error', reject);
    sending.end(text);
  });
}

function networkFault(thrown: unknown, { url, requestSeconds }: Server, isLate: boolean): Error {
  const { origin } = new URL(url);
  const code = String((thrown as NodeJS.ErrnoException).code ?? 'no connection');
  if (CERTIFICATE.test(code)) {
    const hint = 'name who signs its certificate in `caFile`';
    return new TargetFault(
      'changed',
      `${origin} does not prove that it is the server: ${code}`,
      hint,
    );
  }
  const why = isLate ? `no answer within ${requestSeconds} s` : code;
  return new TargetFault('unreachable', `${origin} cannot be asked: ${why}`);
}

function parse(bytes: Buffer): unknown {
  try {
    return JSON.parse(bytes.toString('utf8'));
  } catch {
    return undefined;
  }
}
