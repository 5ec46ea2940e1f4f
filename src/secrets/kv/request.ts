import { exchange, type HttpOutcome } from '../../base/exchange.ts';
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

/** One request to OpenBao or Vault, with the answer whatever its status is.
 *  @throws {TargetFault} */
export async function ask(server: Server, question: Question, stop: AbortSignal): Promise<Answer> {
  const { method, path, token, body } = question;
  const { url, namespace, caFile, requestSeconds } = server;
  const came = await exchange({
    ...{ method, url: new URL(`/v1/${path}`, url), signal: stop },
    ...{ timeoutMs: requestSeconds * 1_000, maxBytes: MAX_BYTES },
    headers: {
      'x-vault-request': 'true',
      ...(body !== undefined && { 'content-type': 'application/json' }),
      ...(token !== undefined && { 'x-vault-token': token }),
      ...(namespace !== undefined && { 'x-vault-namespace': namespace }),
    },
    ...(body !== undefined && { body: JSON.stringify(body) }),
    tls: {
      rejectUnauthorized: server.tls === 'verified',
      ...(caFile !== undefined && { ca: readCertificates(caFile) }),
    },
  });
  if (came.outcome === 'answered') return { status: came.status, body: parse(came.body) };
  throw networkFault(came, server);
}

function networkFault(
  came: Exclude<HttpOutcome, { readonly outcome: 'answered' }>,
  { url, requestSeconds }: Server,
): TargetFault {
  const { origin } = new URL(url);
  const code = came.outcome === 'failed' ? (came.error.code ?? 'no connection') : '';
  if (CERTIFICATE.test(code)) {
    return new TargetFault(
      'changed',
      `${origin} does not prove that it is the server: ${code}`,
      'name who signs its certificate in `caFile`',
    );
  }
  const why = {
    'too-large': `it answers with more than ${MAX_BYTES} bytes`,
    late: `no answer within ${requestSeconds} s`,
    stopped: 'the time for this step is over',
    failed: code,
  }[came.outcome];
  return new TargetFault('unreachable', `${origin} cannot be asked: ${why}`);
}

function parse(bytes: Buffer): unknown {
  try {
    return JSON.parse(bytes.toString('utf8'));
  } catch {
    return undefined;
  }
}
