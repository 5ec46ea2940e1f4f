import { createPublicKey, generateKeyPairSync } from 'node:crypto';
import { writeCsr } from '../../x509/index.ts';
import { type Connection, dial } from '../client/dial.ts';
import type { OwnKey } from '../client/identity.ts';
import { type Message, pathOf, readMessage, writeMessage } from '../protocol/index.ts';
import type { ServerRig } from './server.ts';

/** Speaks to a server of agents by hand, so that tests can say what no agent says. */
export class Caller {
  readonly #server: ServerRig;
  readonly connections: Connection[] = [];

  constructor(server: ServerRig) {
    this.#server = server;
  }

  async connect(own?: OwnKey): Promise<Connection> {
    const connection = await dial(
      { host: '127.0.0.1', port: this.#server.server.port },
      { ...(own && { own }), judge: () => {}, signal: new AbortController().signal },
    );
    this.connections.push(connection);
    return connection;
  }

  /** Joins by hand; with a request of one's own where there is one. */
  async attest(
    said: Partial<Message<'AttestRequest'>>,
    privateKey = newKey(),
  ): Promise<OwnKey & { readonly answer: Message<'AgentSvid'> }> {
    const { client } = await this.connect();
    const request = writeMessage('AttestRequest', { csr: csrOf(privateKey), ...said });
    const answer = readMessage('AgentSvid', await client.unary(pathOf('Attest'), request));
    return { answer, privateKey, chain: answer.chain };
  }

  /** An agent of this name, connected. */
  async agent(name: string) {
    const own = await this.attest({ join_token: await this.#server.token(name) });
    return { own, ...(await this.connect(own)) };
  }

  close(): void {
    for (const connection of this.connections) connection.close();
  }
}

export const newKey = (namedCurve = 'P-256') =>
  generateKeyPairSync('ec', { namedCurve }).privateKey;

/** A request that names nobody, or what is asked for. */
export function csrOf(
  privateKey: ReturnType<typeof newKey>,
  said: Partial<Parameters<typeof writeCsr>[0]> = {},
): Buffer {
  const publicKey = createPublicKey(privateKey).export({ format: 'der', type: 'spki' });
  return writeCsr({ privateKey, publicKey, ...said });
}
