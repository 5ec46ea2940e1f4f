import { connect } from 'node:http2';
import { createConnection } from 'node:net';
import { Fault, messageOf, quote } from '../../base/fault.ts';
import { GrpcClient } from '../../base/grpc/index.ts';
import { textField, WireReader } from '../../base/protobuf/index.ts';
import { MAX_ID_BYTES } from '../../identity/spiffe/index.ts';
import { splitCertificates } from '../../identity/x509/index.ts';

/** An X.509-SVID as its workload gets it. */
export interface FetchedX509 {
  readonly spiffeId: string;
  /** DER, the leaf first. */
  readonly chain: readonly Buffer[];
  /** PKCS#8. */
  readonly privateKey: Buffer;
  /** DER, of its own trust domain. */
  readonly bundle: readonly Buffer[];
  readonly hint: string;
}

export interface FetchedJwt {
  readonly spiffeId: string;
  readonly token: string;
  readonly hint: string;
}

const SERVICE = '/SpiffeWorkloadAPI';
/** @see SPIFFE Workload Endpoint §6.1 */
const METADATA = { 'workload.spiffe.io': 'true' };
const MAX_MESSAGE_BYTES = 16 * 1_024 * 1_024;
const MAX_CERTIFICATES = 100;
const MAX_TOKEN_BYTES = 65_536;
const MAX_HINT_BYTES = 1_024;
const TIMEOUT_MS = 30_000;

/** The path of `unix:///run/reeve/workload.sock`.
 *  @see SPIFFE Workload Endpoint §4
 *  @throws {Fault} `client/socket-malformed` */
export function socketPath(address: string): string {
  const [, path] = /^unix:(?:\/\/)?(\/[^?#]+)$/.exec(address) ?? [];
  if (path !== undefined) return path;
  throw new Fault('client/socket-malformed', `${quote(address, 200)} is no Unix socket`, {
    hint: 'write it as unix:///run/reeve/workload.sock',
  });
}

/** Fetches the X.509-SVIDs of this process, as any workload does.
 *  @throws {Fault} `client/workload-api-unavailable`, `peer/…` for what it answers */
export function fetchX509(path: string): Promise<FetchedX509[]> {
  return withClient(path, async (client) => {
    const call = { timeoutMs: TIMEOUT_MS, metadata: METADATA };
    const none = Buffer.alloc(0);
    for await (const answer of client.serverStream(`${SERVICE}/FetchX509SVID`, none, call)) {
      return readAll(answer, readX509);
    }
    return [];
  });
}

/** Fetches JWT-SVIDs of this process for whom they are shown to.
 *  @throws {Fault} as `fetchX509` */
export function fetchJwts(path: string, audience: readonly string[]): Promise<FetchedJwt[]> {
  return withClient(path, async (client) => {
    const call = { timeoutMs: TIMEOUT_MS, metadata: METADATA };
    const request = Buffer.concat(audience.map((one) => textField(1, one)));
    return readAll(await client.unary(`${SERVICE}/FetchJWTSVID`, request, call), readJwt);
  });
}

async function withClient<Result>(
  path: string,
  use: (client: GrpcClient) => Promise<Result>,
): Promise<Result> {
  const socket = createConnection(path);
  const session = connect('http://localhost', { createConnection: () => socket });
  let broken: unknown;
  session.on('error', (error) => {
    broken = error;
  });
  try {
    return await use(new GrpcClient(session, { maxMessageBytes: MAX_MESSAGE_BYTES }));
  } catch (thrown) {
    if (broken === undefined) throw thrown;
    const why = `Nobody serves identities at ${quote(path, 200)}: ${messageOf(broken)}`;
    throw new Fault('client/workload-api-unavailable', why, {
      hint: 'start `reeve up` or `reeve agent`, or name their socket with --socket',
    });
  } finally {
    session.destroy();
  }
}

/** The SVIDs of a response: both kinds have them in field 1. */
function readAll<Svid>(response: Buffer, read: (message: WireReader) => Svid): Svid[] {
  const message = new WireReader(response);
  const svids: Svid[] = [];
  for (let field = message.next(); field !== 0; field = message.next()) {
    if (field === 1) svids.push(read(message.message()));
    else message.skip();
  }
  return svids;
}

function readX509(message: WireReader): FetchedX509 {
  let [spiffeId, hint] = ['', ''];
  let chain: readonly Buffer[] = [];
  let bundle: readonly Buffer[] = [];
  let privateKey: Buffer = Buffer.alloc(0);
  for (let field = message.next(); field !== 0; field = message.next()) {
    if (field === 1) spiffeId = message.text(MAX_ID_BYTES);
    else if (field === 2) chain = splitCertificates(message.bytes(), MAX_CERTIFICATES);
    else if (field === 3) privateKey = message.bytes();
    else if (field === 4) bundle = splitCertificates(message.bytes(), MAX_CERTIFICATES);
    else if (field === 5) hint = message.text(MAX_HINT_BYTES);
    else message.skip();
  }
  return { spiffeId, chain, privateKey, bundle, hint };
}

function readJwt(message: WireReader): FetchedJwt {
  const found = { spiffeId: '', token: '', hint: '' };
  for (let field = message.next(); field !== 0; field = message.next()) {
    if (field === 1) found.spiffeId = message.text(MAX_ID_BYTES);
    else if (field === 2) found.token = message.text(MAX_TOKEN_BYTES);
    else if (field === 3) found.hint = message.text(MAX_HINT_BYTES);
    else message.skip();
  }
  return found;
}
