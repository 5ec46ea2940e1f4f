import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { OtlpConfig } from '../../src/sources/otlp/config/index.ts';
import { BodyReader, createReceiver, OtlpDecoder } from '../../src/sources/otlp/index.ts';

/** Run in a process of its own, on one core: receives exports. `raw` reads their bytes and no more, the
 *  limit of what the machine can; `decode` is the intake without what makes it durable. Tells its
 *  parent its port. */
const config = OtlpConfig.parse({});
const FLUSH_MS = 20;

function rawListener(request: IncomingMessage, response: ServerResponse): void {
  request.on('data', () => undefined);
  request.on('end', () => response.writeHead(200, { 'content-length': 0 }).end());
}

function decodingListener(): (request: IncomingMessage, response: ServerResponse) => Promise<void> {
  const decoder = new OtlpDecoder(config);
  const waiting: (() => void)[] = [];
  setInterval(() => {
    decoder.flush(Date.now());
    for (const resolve of waiting.splice(0)) resolve();
  }, FLUSH_MS);
  return createReceiver(new BodyReader(config), {
    admit: () => undefined,
    take: async (body, encoding) => {
      const taken = decoder.take(body, encoding, Date.now());
      await new Promise<void>((resolve) => {
        waiting.push(resolve);
      });
      return taken;
    },
  });
}

const server = createServer(process.argv[2] === 'raw' ? rawListener : decodingListener());
server.listen(0, '127.0.0.1', () => process.send?.((server.address() as AddressInfo).port));
process.on('disconnect', () => process.exit());
