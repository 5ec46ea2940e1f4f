import { hash } from 'node:crypto';
import {
  createServer,
  type IncomingMessage,
  type RequestListener,
  type Server,
  type ServerResponse,
} from 'node:http';
import { createServer as createTlsServer } from 'node:https';
import { messageOf } from '../../base/fault.ts';
import type { Witness, WitnessAnswer } from './witness.ts';

/** Of a request: 63 hashes and a note are less. */
const MAX_BYTES = 32 * 1024;
const REQUEST_MS = 10_000;
const MAX_CONNECTIONS = 200;

/** Serves a witness over HTTP; not listening yet.
 *  @param origins of the logs that it knows
 *  @param tls PEM; absent: plain HTTP, for loopback */
export function witnessServer(
  witness: Witness,
  origins: readonly string[],
  tls?: { readonly cert: Buffer; readonly key: Buffer },
): Server {
  const byPath = new Map(
    origins.map((origin) => [`/${hash('sha256', origin, 'hex')}/checkpoint`, origin]),
  );
  const listener: RequestListener = async (request, response) => {
    if (request.method === 'POST' && request.url === '/add-checkpoint') {
      answer(response, added(witness, await readBody(request)));
      return;
    }
    const note = request.method === 'GET' && witness.latest(byPath.get(request.url ?? '') ?? '');
    answer(
      response,
      note
        ? { status: 200, body: note }
        : {
            status: 404,
            body: 'There is POST /add-checkpoint, and GET /SHA256-OF-ORIGIN/checkpoint\n',
          },
    );
  };
  const limits = {
    requestTimeout: REQUEST_MS,
    headersTimeout: REQUEST_MS,
    connectionsCheckingInterval: 1_000,
  };
  const server = tls
    ? createTlsServer({ ...limits, ...tls, minVersion: 'TLSv1.2' }, listener)
    : createServer(limits, listener);
  server.maxConnections = MAX_CONNECTIONS;
  return server;
}

function added(witness: Witness, body: string | undefined): WitnessAnswer {
  if (body === undefined) return { status: 400, body: 'The request is too large\n' };
  try {
    return witness.add(body);
  } catch (thrown) {
    console.error(`The witness cannot keep what it signs: ${messageOf(thrown)}`);
    return { status: 500, body: 'The witness cannot keep what it signs\n' };
  }
}

/** Undefined where it is too large, or broken off. */
async function readBody(request: IncomingMessage): Promise<string | undefined> {
  const chunks: Buffer[] = [];
  let length = 0;
  try {
    for await (const chunk of request as AsyncIterable<Buffer>) {
      length += chunk.length;
      if (length > MAX_BYTES) return undefined;
      chunks.push(chunk);
    }
  } catch {
    return undefined;
  }
  return Buffer.concat(chunks).toString();
}

function answer(response: ServerResponse, { status, body, mediaType }: WitnessAnswer): void {
  response.writeHead(status, {
    'content-type': mediaType ?? 'text/plain; charset=utf-8',
    'content-length': Buffer.byteLength(body),
  });
  response.end(body);
}
