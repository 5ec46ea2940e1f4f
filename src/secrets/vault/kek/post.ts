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

/** Posts JSON, and gives the answer whatever its status is. Follows no redirection, so that a token goes nowhere else.
 *  @throws {Fault} `vault/kek-unavailable`, `vault/kek-malformed` */
export function postJson({ url, headers, body, timeoutMs, ca }: JsonRequest): Promise<JsonAnswer> {
  const text = JSON.stringify(body);
  const where = quote(url.origin, 200);
  // what is not used is not loaded
  const { request } = process.getBuiltinModule(
    url.protocol === 'https:' ? 'node:https' : 'node:http',
  );
  const settings = {
    method: 'POST',
    headers: {
      ...headers,
      'content-type': 'application/json',
      'content-length': String(Buffer.byteLength(text)),
    },
    signal: AbortSignal.timeout(timeoutMs),
    agent: false,
    ...(ca !== undefined && { ca }),
  };
  return new Promise((resolve, reject) => {
    const fail = (error: NodeJS.ErrnoException) => {
      const late = error.name === 'TimeoutError' || error.name === 'AbortError';
      const why = late ? `no answer within ${timeoutMs} ms` : (error.code ?? 'no connection');
      const hint = 'look at its address, its certificate and its health';
      reject(kekUnavailable(`${where} cannot be asked: ${why}`, hint));
    };
    const sending = request(url, settings, (answer) => {
      const parts: Buffer[] = [];
      let size = 0;
      answer.on('data', (part: Buffer) => {
        parts.push(part);
        size += part.length;
        if (size <= MAX_BYTES) return;
        answer.destroy();
        reject(kekMalformed(`${where} answers with more than ${MAX_BYTES} bytes`));
      });
      answer.on('end', () => {
        const whole = Buffer.concat(parts);
        resolve({ status: answer.statusCode ?? 0, body: parse(whole) });
        for (const bytes of [whole, ...parts]) bytes.fill(0);
      });
      answer.on('error', fail);
    });
    sending.on('error', fail);
    sending.end(text);
  });
}

function parse(bytes: Buffer): unknown {
  try {
    return JSON.parse(bytes.toString('utf8'));
  } catch {
    return undefined;
  }
}
