import { request } from 'node:https';
import { ReeveError } from '../error.ts';
import { type AcceptRule, acceptRule } from '../mtls/accept.ts';
import { createMtlsAgent, type MtlsAgent } from '../mtls/index.ts';
import type { IdentitySource } from '../source/index.ts';
import { toError } from './answer.ts';

/** Whom to ask, as whom. */
export interface ServerOptions {
  /** The identity of this workload, and what it trusts. */
  readonly source: IdentitySource;
  /** Where Reeve gives secrets: `https://127.0.0.1:7445` if undefined. */
  readonly address?: string;
  /** Who must answer there; `/reeve/server` of the own trust domain if undefined. */
  readonly server?: string;
  /** Milliseconds since 1970; for tests. */
  readonly clock?: () => number;
}

/** One question to Reeve. */
export interface Ask {
  readonly path: string;
  /** Sent as JSON, with `POST`; without one, it is a `GET`. */
  readonly body?: unknown;
  readonly timeoutMs: number;
  readonly signal: AbortSignal;
}

const ADDRESS = 'https://127.0.0.1:7445';
const MAX_ANSWER_BYTES = 1024 * 1024;

/** Asks the server that gives secrets, which has to prove that it is the one before anything is sent.
 *  @throws {ReeveError} what it refuses with; `secrets/unavailable` where it does not answer */
export class SecretServer {
  readonly #agent: MtlsAgent;
  readonly #origin: URL;

  /** @throws {ReeveError} `secrets/address-malformed`, `identity/id-malformed` */
  constructor(options: ServerOptions) {
    const { source, clock, address = ADDRESS } = options;
    this.#origin = originOf(address);
    const accept = serverRule(options);
    this.#agent = createMtlsAgent({ source, accept, ...(clock && { clock }) });
  }

  async ask({ path, body, timeoutMs, signal }: Ask): Promise<unknown> {
    const { status, text } = await this.#send({ path, body, timeoutMs, signal });
    const answer = parsed(text);
    if (status === 200) return answer;
    throw toError(answer, status);
  }

  close(): void {
    this.#agent.destroy();
  }

  #send({ path, body, timeoutMs, signal }: Ask): Promise<{ status: number; text: string }> {
    return new Promise((resolve, reject) => {
      const fail = (thrown: unknown) => reject(unavailable(thrown));
      const sent = request(new URL(path, this.#origin), {
        ...{ agent: this.#agent, method: body === undefined ? 'GET' : 'POST', signal },
        ...(body !== undefined && { headers: { 'content-type': 'application/json' } }),
      });
      const timer = setTimeout(() => sent.destroy(late(timeoutMs)), timeoutMs);
      sent.once('close', () => clearTimeout(timer));
      sent.on('error', fail);
      sent.on('response', (response) => {
        let text = '';
        response.setEncoding('utf8');
        response.on('error', fail);
        response.on('data', (part: string) => {
          text += part;
          if (text.length > MAX_ANSWER_BYTES) sent.destroy(tooLong());
        });
        response.on('end', () => resolve({ status: response.statusCode ?? 0, text }));
      });
      sent.end(body === undefined ? undefined : JSON.stringify(body));
    });
  }
}

/** Only the server of the own trust domain, unless another one is named. */
function serverRule({ server, source }: ServerOptions): AcceptRule {
  if (server !== undefined) return acceptRule(server);
  return ({ spiffeId }) => {
    const own = source.identity?.svid.trustDomain;
    return own !== undefined && spiffeId === `spiffe://${own}/reeve/server`;
  };
}

/** What a parser says quotes what it reads. */
function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

function originOf(address: string): URL {
  try {
    const url = new URL(address);
    if (url.protocol === 'https:') return url;
  } catch {
    // told below
  }
  throw new ReeveError('secrets/address-malformed', 'the address of secrets is no https: URL', {
    hint: 'write it as https://127.0.0.1:7445',
  });
}

/** Those of this package say what is to be done themselves. */
function unavailable(thrown: unknown): ReeveError {
  if (thrown instanceof ReeveError) return thrown;
  const code = (thrown as NodeJS.ErrnoException | undefined)?.code ?? 'it was ended';
  return new ReeveError('secrets/unavailable', `Reeve cannot be asked for secrets: ${code}`, {
    hint: 'see whether Reeve runs there, and gives secrets: `secrets.access`',
    cause: thrown,
  });
}

const late = (timeoutMs: number) =>
  new ReeveError('secrets/unavailable', `Reeve did not answer within ${timeoutMs} ms`);
const tooLong = () =>
  new ReeveError('secrets/answer-malformed', `Reeve answered more than ${MAX_ANSWER_BYTES} bytes`);
