import { once } from 'node:events';
import type { AddressInfo } from 'node:net';
import type { TlsOptions } from 'node:tls';
import { createHttp2Server, encodeHeaders } from '../../../src/base/http2/index.ts';

const HEAD = encodeHeaders([
  [':status', '200'],
  ['content-type', 'text/plain'],
]);
const TRAILERS = encodeHeaders([['x-answered', 'wholly']]);
const BODY = Buffer.from('A body of a few dozen bytes, which is more than tests let through.');

export interface Http2Answerer {
  readonly port: number;
  readonly close: () => Promise<void>;
}

/** The HTTP/2 server with limits as gRPC has them, which answers every request with the same, once it is all there. */
export async function answerHttp2(tls?: TlsOptions): Promise<Http2Answerer> {
  const server = createHttp2Server({
    ...(tls && { tls }),
    limits: {
      headers: { maxFields: 100, maxListBytes: 16 * 1024 },
      maxStreams: 100,
      windowBytes: 1024 * 1024,
      connectionWindowBytes: 4 * 1024 * 1024,
      answerMs: 20_000,
    },
    onConnection: () => {},
    onStream: (stream) => {
      stream.onEnd = () => stream.answer(HEAD, BODY, TRAILERS);
    },
    onClose: () => {},
    onOtherProtocol: () => {},
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  return {
    port: (server.address() as AddressInfo).port,
    close: async () => {
      server.close();
      await once(server, 'close');
    },
  };
}
