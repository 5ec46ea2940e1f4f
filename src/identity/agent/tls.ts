import type { DetailedPeerCertificate, TLSSocket } from 'node:tls';
import { MAX_CHAIN } from '../x509/index.ts';

/** Certificates in PEM, one after the other. */
export function toPem(chain: readonly Buffer[]): string {
  return chain.map(pemOf).join('');
}

function pemOf(der: Buffer): string {
  const lines = der.toString('base64').match(/.{1,64}/g) ?? [];
  return `-----BEGIN CERTIFICATE-----\n${lines.join('\n')}\n-----END CERTIFICATE-----\n`;
}

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
