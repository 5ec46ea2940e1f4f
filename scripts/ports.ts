import { type AddressInfo, createServer } from 'node:net';

/** A port of loopback that is free now. */
export function freePort(): Promise<number> {
  return listenOnce(0);
}

/** The wanted port where it is free, else another: what an example may do and a server may not. */
export function freePortNear(wanted: number): Promise<number> {
  return listenOnce(wanted).catch(() => listenOnce(0));
}

function listenOnce(wanted: number): Promise<number> {
  return new Promise((resolve, reject) => {
    const server = createServer();
    server.once('error', reject);
    server.listen({ host: '127.0.0.1', port: wanted }, () => {
      const { port } = server.address() as AddressInfo;
      server.close(() => resolve(port));
    });
  });
}
