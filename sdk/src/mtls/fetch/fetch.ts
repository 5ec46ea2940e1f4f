import { ReeveError } from '../../error.ts';
import { createMtlsAgent, type MtlsAgent, type MtlsAgentOptions } from '../agent.ts';
import { isRedirection, redirected } from './redirect.ts';
import { toResponse } from './response.ts';
import { type Body, failed, type Sent, send } from './send.ts';

/** As the global `fetch`, with an agent that is to be destroyed when it is no longer needed. */
export interface MtlsFetch {
  (input: string | URL | Request, init?: RequestInit): Promise<Response>;
  readonly agent: MtlsAgent;
}

const MAX_REDIRECTIONS = 20;
/** What a caller must not set, since the connection does. @see Fetch §2.2.2 */
const OF_CONNECTION = ['connection', 'host', 'keep-alive', 'transfer-encoding', 'upgrade'];

/** A `fetch` over mutual TLS, for `https:` alone: whom it speaks to must prove that it is who `accept` or
 *  `idOf` says, at each redirection too. Bodies are unpacked, redirections followed and signals obeyed as
 *  by the global `fetch`; there is no cache and there are no cookies.
 *  @throws {ReeveError} `mtls/no-expected-id`, `identity/id-malformed`, `mtls/accept-…` */
export function createMtlsFetch(options: MtlsAgentOptions): MtlsFetch {
  const agent = createMtlsAgent(options);
  const fetch = async (input: string | URL | Request, init?: RequestInit): Promise<Response> => {
    const asked = new Request(input, withDuplex(init));
    const headers = new Headers(asked.headers);
    for (const name of OF_CONNECTION) headers.delete(name);
    const { method, signal, redirect } = asked;
    const body = await bodyOf(asked, input, init);
    return follow(agent, { url: new URL(asked.url), method, headers, body, signal }, redirect);
  };
  return Object.assign(fetch, { agent });
}

/** What the global `fetch` asks for with a stream. */
const withDuplex = (init: RequestInit | undefined): RequestInit | undefined =>
  init?.body instanceof ReadableStream ? ({ duplex: 'half', ...init } as RequestInit) : init;

/** A stream stays one; everything else is taken as bytes, which can be sent again. */
async function bodyOf(
  asked: Request,
  input: string | URL | Request,
  init: RequestInit | undefined,
): Promise<Body> {
  const isStream =
    init?.body instanceof ReadableStream || (input instanceof Request && !init?.body);
  return asked.body === null || isStream ? asked.body : Buffer.from(await asked.arrayBuffer());
}

async function follow(
  agent: MtlsAgent,
  first: Sent,
  redirect: Request['redirect'],
): Promise<Response> {
  let sent = first;
  for (let redirections = 0; ; redirections++) {
    const answer = await send(agent, sent);
    const status = answer.statusCode ?? 0;
    const { location } = answer.headers;
    if (!isRedirection(status) || location === undefined || redirect === 'manual') {
      return toResponse(answer, { ...sent, wasRedirected: redirections > 0 });
    }
    answer.resume();
    if (redirect === 'error') throw refusal(`${sent.url.origin} redirects, which is not allowed`);
    if (redirections >= MAX_REDIRECTIONS) {
      throw refusal(`there are more than ${MAX_REDIRECTIONS} redirections`);
    }
    sent = redirected(sent, status, location);
  }
}

const refusal = (why: string) => failed(new ReeveError('mtls/redirection', why));
