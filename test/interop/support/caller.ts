import {
  type ClientHttp2Session,
  connect,
  type IncomingHttpHeaders,
  type OutgoingHttpHeaders,
} from 'node:http2';
import type { Issued } from './trust-domain.ts';

export interface Answered {
  readonly status: number;
  /** The header `reeve-reason`; undefined: none. */
  readonly reason: string | undefined;
  readonly headers: IncomingHttpHeaders;
  readonly body: string;
}

/** A service that calls an Envoy over mutual TLS, on connections that are kept. Methods and paths go as they are. */
export class Caller {
  readonly #origin: string;
  readonly #issued: Issued;
  #session: ClientHttp2Session | undefined;

  constructor(port: number, issued: Issued) {
    this.#origin = `https://127.0.0.1:${port}`;
    this.#issued = issued;
  }

  /** @throws where the connection breaks */
  call(method: string, path: string, headers: OutgoingHttpHeaders = {}): Promise<Answered> {
    const stream = this.#connected().request({ ':method': method, ':path': path, ...headers });
    stream.end();
    return new Promise((resolve, reject) => {
      let answered: IncomingHttpHeaders = {};
      let body = '';
      stream.on('response', (sent) => {
        answered = sent;
      });
      stream.on('data', (chunk: Buffer) => {
        body += chunk;
      });
      stream.on('error', reject);
      stream.on('close', () => {
        const reason = answered['reeve-reason'];
        const status = Number(answered[':status'] ?? 0);
        if (status === 0) reject(new Error('The stream is closed without an answer'));
        else resolve({ status, reason: reason?.toString(), headers: answered, body });
      });
    });
  }

  close(): void {
    this.#session?.destroy();
  }

  #connected(): ClientHttp2Session {
    const known = this.#session;
    if (known && !known.closed && !known.destroyed) return known;
    const session = connect(this.#origin, { ...this.#issued, rejectUnauthorized: false });
    session.on('error', () => {});
    // an Envoy ends connections after a while; calls under way are still answered
    session.on('goaway', () => session.close());
    this.#session = session;
    return session;
  }
}
