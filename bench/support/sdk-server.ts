import { parentPort } from 'node:worker_threads';
import { callerOf, createMtlsServer } from '../../sdk/src/index.ts';
import { MemorySource } from '../../sdk/src/testing/memory-source.ts';
import { listen } from '../../sdk/src/testing/requests.ts';
import { type Handed, partsOf } from './sdk-identities.ts';

/** A service in a thread of its own: it is handed identities, tells its port, and counts handshakes. */
const source = new MemorySource();
const server = createMtlsServer({ source }, (request, response) => {
  request.resume();
  response.end(callerOf(request).spiffeId);
});
let handshakes = 0;
server.on('secureConnection', () => handshakes++);
const refused: string[] = [];
server.on('tlsClientError', (error) => refused.push(String(error)));

parentPort?.on('message', async (message: Handed | 'listen' | 'tell') => {
  if (message === 'listen') parentPort?.postMessage(await listen(server));
  else if (message === 'tell') parentPort?.postMessage({ handshakes, refused });
  else source.set(partsOf(message));
});
