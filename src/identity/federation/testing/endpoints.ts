import { once } from 'node:events';
import type { AddressInfo } from 'node:net';
import { createServer, type TLSSocket } from 'node:tls';
import { credentialsOf } from '../endpoint/credentials.ts';
import type { ServerSvid } from '../endpoint/index.ts';

/** An endpoint that a test plays: it says to each request what it likes. */
export interface PlayedEndpoint extends AsyncDisposable {
  readonly url: string;
  /** The beginnings of requests that came. */
  readonly requests: readonly string[];
  /** What each connection gets when it has asked; `shown` is for a new handshake. */
  answer: (socket: TLSSocket) => void;
  show(shown: ServerSvid): void;
}

export async function playEndpoint(
  shown: ServerSvid,
  answer: (socket: TLSSocket) => void,
  host = '127.0.0.1',
): Promise<PlayedEndpoint> {
  const requests: string[] = [];
  const open = new Set<TLSSocket>();
  const server = createServer(credentialsOf(shown), (socket) => {
    open.add(socket);
    socket.on('close', () => open.delete(socket));
    socket.on('error', () => {});
    socket.once('data', (bytes) => {
      requests.push(String(bytes));
      played.answer(socket);
    });
  });
  server.listen(0, host);
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  const played: PlayedEndpoint = {
    ...{ url: `https://127.0.0.1:${port}/`, requests, answer },
    show: (changed) => server.setSecureContext(credentialsOf(changed)),
    [Symbol.asyncDispose]: async () => {
      for (const socket of open) socket.destroy();
      server.close();
      await once(server, 'close');
    },
  };
  return played;
}

/** Answers with these headers and this body, and ends. */
export function answering(
  body: string | Buffer,
  head: string = 'HTTP/1.1 200 OK',
  length = Buffer.byteLength(body),
): (socket: TLSSocket) => void {
  return (socket) => {
    socket.write(`${head}\r\ncontent-length: ${length}\r\n\r\n`);
    socket.end(body);
  };
}
