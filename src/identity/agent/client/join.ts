import { createPublicKey, generateKeyPairSync, type KeyObject } from 'node:crypto';
import { hostname } from 'node:os';
import { Fault } from '../../../base/fault.ts';
import type { GrpcClient } from '../../../base/grpc/index.ts';
import { parseBundle, type TrustBundle } from '../../spiffe/index.ts';
import { writeCsr } from '../../x509/index.ts';
import { pathOf, readMessage, writeMessage } from '../protocol/index.ts';
import { type Bootstrap, believed } from './bootstrap.ts';
import { type Connection, dial, type ServerAddress } from './dial.ts';
import { type AgentIdentity, judgeServer, toIdentity } from './identity.ts';
import type { Proof } from './proofs.ts';

const TIMEOUT_MS = 20_000;

/** An identity with what its server is known by from now on. */
export interface Joined {
  readonly identity: AgentIdentity;
  readonly bundle: TrustBundle;
}

export interface JoinParts {
  readonly server: ServerAddress;
  readonly trustDomain: string;
  readonly bootstrap: Bootstrap;
  readonly proof: Proof;
  readonly clock: () => number;
  readonly signal: AbortSignal;
}

/** Joins: proves what this host is to a server that has proved who it is, and is given an identity. The proof is sent
 *  to nobody else.
 *  @throws {Fault} `identity/server-untrusted/…`; `peer/…` for what the server answers, or that it does not */
export async function join(parts: JoinParts): Promise<Joined> {
  const { proof } = parts;
  const { connection } = await meet(parts);
  try {
    const key = newKey();
    const request = writeMessage('AttestRequest', {
      ...(proof.by === 'join-token'
        ? { join_token: proof.token }
        : { kubernetes_token: proof.token }),
      csr: csrOf(key),
      host: hostname(),
    });
    return await asked(connection.client, 'Attest', request, key, parts);
  } finally {
    connection.close();
  }
}

/** The trust bundle of a server that has proved who it is by what was said at the start.
 *  @throws {Fault} as `join` */
export async function learnTrust(parts: Omit<JoinParts, 'proof'>): Promise<TrustBundle> {
  const { connection, bundle } = await meet(parts);
  connection.close();
  return bundle;
}

/** Connects without an identity, and judges who answers. */
async function meet({ server, trustDomain, bootstrap, clock, signal }: Omit<JoinParts, 'proof'>) {
  const connection = await dial(server, {
    judge: (chain) => {
      if (bootstrap.by === 'bundle') judgeServer(chain, bootstrap.bundle, clock());
    },
    signal,
  });
  try {
    if (bootstrap.by === 'bundle') return { connection, bundle: bootstrap.bundle };
    const bundle = await askTrust(connection, trustDomain);
    judgeServer(connection.chain, believed(bundle, bootstrap), clock());
    return { connection, bundle };
  } catch (thrown) {
    connection.close();
    throw thrown;
  }
}

/** Has the identity issued anew, with another key.
 *  @throws {Fault} `peer/…` */
export async function renew(
  client: GrpcClient,
  parts: Pick<JoinParts, 'trustDomain' | 'clock'>,
): Promise<Joined> {
  const key = newKey();
  return asked(client, 'Renew', writeMessage('RenewRequest', { csr: csrOf(key) }), key, parts);
}

async function asked(
  client: GrpcClient,
  method: 'Attest' | 'Renew',
  request: Buffer,
  privateKey: KeyObject,
  { trustDomain, clock }: Pick<JoinParts, 'trustDomain' | 'clock'>,
): Promise<Joined> {
  const bytes = await client.unary(pathOf(method), request, { timeoutMs: TIMEOUT_MS });
  const answer = readMessage('AgentSvid', bytes);
  const { bundle } = parseBundle(trustDomain, answer.bundle);
  const chain = answer.chain.map((der) => Buffer.from(der));
  const identity = toIdentity({ chain, privateKey }, bundle, clock());
  if (identity.id.uri === answer.spiffe_id) return { identity, bundle };
  throw new Fault('identity/server-answer-invalid', 'The server calls the agent by two names');
}

async function askTrust({ client }: Connection, trustDomain: string): Promise<TrustBundle> {
  const bytes = await client.unary(pathOf('Trust'), writeMessage('TrustRequest', {}), {
    timeoutMs: TIMEOUT_MS,
  });
  return parseBundle(trustDomain, readMessage('TrustResponse', bytes).bundle).bundle;
}

const newKey = (): KeyObject => generateKeyPairSync('ec', { namedCurve: 'P-256' }).privateKey;

/** Names nobody: what an agent is called is for the server to say. */
function csrOf(privateKey: KeyObject): Buffer {
  const publicKey = createPublicKey(privateKey).export({ format: 'der', type: 'spki' });
  return writeCsr({ privateKey, publicKey });
}
