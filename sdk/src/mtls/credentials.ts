import { constants } from 'node:crypto';
import { createSecureContext, type SecureContext, type SecureContextOptions } from 'node:tls';
import type { X509Svid } from '../source/index.ts';

export type TlsVersion = 'TLSv1.2' | 'TLSv1.3';

/** What TLS is given of an SVID. It is given no authority: who the peer is, is proved afterwards, by
 *  the bundle of the peer's own trust domain alone. Sessions are not kept: neither by tickets here, nor
 *  by the server. */
export function tlsCredentials(svid: X509Svid, minVersion: TlsVersion): SecureContextOptions {
  const cert = svid.chain.map(toPem).join('');
  const key = svid.privateKey.export({ format: 'pem', type: 'pkcs8' });
  return { cert, key, ca: [], minVersion, secureOptions: constants.SSL_OP_NO_TICKET };
}

const contexts = new WeakMap<X509Svid, Map<TlsVersion, SecureContext>>();

/** What a client connects with, made once for each SVID. */
export function clientContext(svid: X509Svid, minVersion: TlsVersion): SecureContext {
  const ofSvid = contexts.get(svid) ?? new Map<TlsVersion, SecureContext>();
  contexts.set(svid, ofSvid);
  const known = ofSvid.get(minVersion);
  if (known) return known;
  const context = createSecureContext(tlsCredentials(svid, minVersion));
  ofSvid.set(minVersion, context);
  return context;
}

const toPem = (der: Buffer): string =>
  `-----BEGIN CERTIFICATE-----\n${der.toString('base64')}\n-----END CERTIFICATE-----\n`;
