import { isIP } from 'node:net';
import type { DetailedPeerCertificate, TLSSocket } from 'node:tls';
import { messageOf, quote } from '../../../base/fault.ts';
import type { SpiffeId, TrustBundle } from '../../spiffe/index.ts';
import { MAX_CHAIN, validateSvid } from '../../x509/index.ts';
import { refuseAnswer, unavailable } from './refusals.ts';

/** How the other end proves that it is the right one. */
export type EndpointAuthentication =
  | { readonly profile: 'https_web' /** PEM, in place of Node's own list. */; readonly ca?: string }
  | {
      readonly profile: 'https_spiffe';
      readonly endpointId: SpiffeId;
      /** Of the trust domain of the endpoint. */
      readonly bundle: TrustBundle;
    };

export interface Connecting {
  readonly url: URL;
  readonly authentication: EndpointAuthentication;
  /** Milliseconds since 1970. */
  readonly now: number;
}

/** What both profiles have in common. @see SPIFFE Federation §5.2 */
const COMMON = { minVersion: 'TLSv1.2', ALPNProtocols: ['http/1.1'] } as const;
const HTTPS_PORT = 443;

/** Opens a connection, and gives it when the other end has proved who it is; nothing is sent before.
 *  @param own told of the socket at once, so that it can be ended
 *  @throws {Fault} `identity/federation-unavailable`, `identity/bundle-invalid/…`,
 *  `identity/certificate-invalid/…`, `identity/der-malformed` */
export async function connectTo(
  connecting: Connecting,
  own: (socket: TLSSocket) => void,
): Promise<TLSSocket> {
  const { url, authentication, now } = connecting;
  const socket = open(url, authentication);
  own(socket);
  await new Promise<void>((resolve, reject) => {
    socket.once('secureConnect', resolve);
    socket.once('error', (error) => reject(unavailable(url, messageOf(error))));
    socket.once('close', () => reject(unavailable(url, 'the connection ended in the handshake')));
  });
  // whatever happens to it later is told by the request
  socket.on('error', () => {});
  if (authentication.profile === 'https_spiffe') judgeEndpoint(socket, url, authentication, now);
  return socket;
}

function open(url: URL, authentication: EndpointAuthentication): TLSSocket {
  const { connect } = process.getBuiltinModule('node:tls');
  const host = url.hostname.replace(/^\[(.*)\]$/, '$1');
  const port = url.port === '' ? HTTPS_PORT : Number(url.port);
  // addresses are no server names @see RFC 6066 §3
  const to = { ...COMMON, host, port, ...(isIP(host) === 0 && { servername: host }) };
  if (authentication.profile === 'https_web') {
    const { ca } = authentication;
    return connect({ ...to, ...(ca !== undefined && { ca }) });
  }
  // TLS proves that the other end holds the key; whose it is, `judgeEndpoint` says, stricter than TLS
  return connect({ ...to, rejectUnauthorized: false });
}

/** @see SPIFFE Federation §5.2.2.4 */
function judgeEndpoint(
  socket: TLSSocket,
  url: URL,
  { endpointId, bundle }: Extract<EndpointAuthentication, { profile: 'https_spiffe' }>,
  now: number,
): void {
  const bundleOf = (trustDomain: string) =>
    trustDomain === bundle.trustDomain ? bundle : undefined;
  const { id } = validateSvid(chainOf(socket), { bundleOf, now });
  if (id.uri === endpointId.uri) return;
  throw refuseAnswer(
    url,
    'other-endpoint',
    `is ${quote(id.uri, 200)}, and must be ${quote(endpointId.uri, 200)}`,
    'look at `url` and `endpointSpiffeId`',
  );
}

/** The leaf first. */
function chainOf(socket: TLSSocket): Buffer[] {
  const chain: Buffer[] = [];
  let one: DetailedPeerCertificate | undefined = socket.getPeerCertificate(true);
  while (one?.raw && chain.length <= MAX_CHAIN && !chain.some((der) => one?.raw.equals(der))) {
    chain.push(one.raw);
    one = one.issuerCertificate;
  }
  return chain;
}
