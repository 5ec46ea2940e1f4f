import { Fault, messageOf, quote } from '../../../base/fault.ts';
import { keyFingerprint } from '../../authority/index.ts';
import { parseBundle, type TrustBundle } from '../../spiffe/index.ts';
import { readCertificate } from '../../x509/index.ts';
import { readSmallFile } from './files.ts';

/** What an agent knows its server by before it has ever spoken to it. */
export type Bootstrap =
  /** The trust bundle itself. */
  | { readonly by: 'bundle'; readonly bundle: TrustBundle }
  /** The fingerprints of authorities of the bundle: the SHA-256 of a SubjectPublicKeyInfo, in hexadecimal. */
  | { readonly by: 'fingerprints'; readonly fingerprints: ReadonlySet<string> }
  /** Nothing: whoever answers is believed. */
  | { readonly by: 'nothing' };

export interface BootstrapConfig {
  readonly trustBundleFile?: string | undefined;
  readonly trustBundleSha256: readonly string[];
  readonly insecureBootstrap: boolean;
}

/** How the configuration says that the server is known; undefined where it says nothing.
 *  @throws {Fault} `identity/trust-bundle-…`, `identity/bundle-…` */
export async function readBootstrap(
  config: BootstrapConfig,
  trustDomain: string,
): Promise<Bootstrap | undefined> {
  const { trustBundleFile: file, trustBundleSha256: hashes, insecureBootstrap } = config;
  if (file !== undefined) {
    const text = await readSmallFile(file, 'identity/trust-bundle');
    return { by: 'bundle', bundle: readTrust(text, trustDomain, file) };
  }
  if (hashes.length > 0) {
    return { by: 'fingerprints', fingerprints: new Set(hashes.map(parseFingerprint)) };
  }
  return insecureBootstrap ? { by: 'nothing' } : undefined;
}

/** Of a bundle that anybody may have sent, what can be believed. None of it is an empty bundle.
 *  @throws {Fault} `identity/server-untrusted/other-fingerprint` */
export function believed(bundle: TrustBundle, bootstrap: Bootstrap): TrustBundle {
  if (bootstrap.by === 'bundle') return bootstrap.bundle;
  if (bootstrap.by === 'nothing') return bundle;
  const { fingerprints } = bootstrap;
  const x509Authorities = bundle.x509Authorities.filter((der) =>
    fingerprints.has(fingerprintOf(der)),
  );
  if (x509Authorities.length > 0) return { ...bundle, x509Authorities };
  throw new Fault(
    'identity/server-untrusted/other-fingerprint',
    'No authority of the trust bundle that the server has sent has a fingerprint that was given',
    { hint: 'take the fingerprint and the join token of now: authorities change within a day' },
  );
}

/** The fingerprints by which a server can be known, for `--trust-bundle-sha256`: any one of them will do that is of
 *  the authority that signs when the agent joins. */
export function bundleFingerprints({ x509Authorities }: TrustBundle): readonly string[] {
  return x509Authorities.map(fingerprintOf);
}

function fingerprintOf(der: Buffer): string {
  return keyFingerprint(readCertificate(der, 'an authority of the bundle').publicKey.spki);
}

function parseFingerprint(text: string): string {
  const hex = text
    .replace(/^sha256:/i, '')
    .replaceAll(':', '')
    .toLowerCase();
  if (/^[0-9a-f]{64}$/.test(hex)) return hex;
  throw new Fault('identity/trust-bundle-malformed', `${quote(text, 80)} is no SHA-256`, {
    hint: 'write it in 64 hexadecimal digits, with or without `sha256:` before them',
  });
}

/** A SPIFFE bundle document, or certificates in PEM. */
function readTrust(text: string, trustDomain: string, file: string): TrustBundle {
  if (!text.includes('-----BEGIN')) return parseBundle(trustDomain, text).bundle;
  const found = text.matchAll(/-----BEGIN CERTIFICATE-----([A-Za-z0-9+/=\s]+)-----END/g);
  const x509Authorities = [...found].map(([, body = '']) => Buffer.from(body, 'base64'));
  try {
    for (const der of x509Authorities) readCertificate(der, 'an authority');
  } catch (thrown) {
    throw malformed(file, messageOf(thrown));
  }
  if (x509Authorities.length === 0) throw malformed(file, 'it has no certificate');
  return { trustDomain, x509Authorities, jwtAuthorities: [] };
}

const malformed = (file: string, why: string) =>
  new Fault('identity/trust-bundle-malformed', `${quote(file, 200)} is no trust bundle: ${why}`, {
    hint: 'give a SPIFFE bundle document, or certificates in PEM',
  });
