import { once } from 'node:events';
import type { AddressInfo } from 'node:net';
import { createGrpcServer, type GrpcServer, type GrpcServerOptions } from '../server.ts';
import { RawClient } from './client.ts';

/** A server on a free port of this machine, and a client of it, for tests. */
export interface Served {
  readonly grpc: GrpcServer;
  /** `http://127.0.0.1:40001` */
  readonly origin: string;
  readonly client: RawClient;
  close(): Promise<void>;
}

/** Serves without TLS. */
export async function serve(options: GrpcServerOptions): Promise<Served> {
  const grpc = createGrpcServer(options);
  grpc.server.listen(0, '127.0.0.1');
  await once(grpc.server, 'listening');
  const origin = `http://127.0.0.1:${(grpc.server.address() as AddressInfo).port}`;
  const client = new RawClient(origin);
  return {
    grpc,
    origin,
    client,
    close: async () => {
      client.close();
      await grpc.close(0);
    },
  };
}
