import type { DetailedPeerCertificate, TLSSocket } from 'node:tls';
import { MAX_CHAIN } from '../x509/index.ts';

/** The certificates that the peer has shown, in DER, the leaf first; none where it has shown none. */
export function chainOf(socket: TLSSocket): Buffer[] {
  const chain: Buffer[] = [];
  let one: DetailedPeerCertificate | undefined = socket.getPeerCertificate(true);
  while (one?.raw && chain.length < MAX_CHAIN && !chain.some((der) => one?.raw.equals(der))) {
    chain.push(one.raw);
    one = one.issuerCertificate;
  }
  return chain;
}
