import { createPrivateKey, X509Certificate } from 'node:crypto';

const CERTIFICATE =
  /-----BEGIN CERTIFICATE-----[A-Za-z0-9+/=\s]{100,20000}?-----END CERTIFICATE-----/g;
const KEY =
  /-----BEGIN (?:[A-Z]{1,12} ){0,2}PRIVATE KEY-----[A-Za-z0-9+/=\s]{60,24000}?-----END (?:[A-Z]{1,12} ){0,2}PRIVATE KEY-----/;
const MAX_CERTIFICATES = 20;

/** When the certificate of the private key among these texts ends, RFC 3339; undefined where there is
 *  no such pair. A certificate belongs to a key if it holds its public half. */
export function expiryOf(texts: readonly string[]): string | undefined {
  const keyText = texts.map((text) => KEY.exec(text)?.[0]).find((text) => text !== undefined);
  if (keyText === undefined) return undefined;
  const certificates = texts
    .flatMap((text) => [...text.matchAll(CERTIFICATE)].map((match) => match[0]))
    .slice(0, MAX_CERTIFICATES);
  for (const text of certificates) {
    const expires = expiryOfPair(text, keyText);
    if (expires !== undefined) return expires;
  }
  return undefined;
}

/** A key under a pass phrase cannot be compared, a broken one neither. */
function expiryOfPair(certificateText: string, keyText: string): string | undefined {
  try {
    const certificate = new X509Certificate(certificateText);
    if (!certificate.checkPrivateKey(createPrivateKey(keyText))) return undefined;
    const end = Date.parse(certificate.validTo);
    return Number.isNaN(end) ? undefined : new Date(end).toISOString();
  } catch {
    return undefined;
  }
}

/** Where the certificate of a key file is most often kept: beside it, under the same name. */
export function certificatePathsOf(keyPath: string): readonly string[] {
  const stem = keyPath.replace(/\.[^./]+$/, '');
  const certificateStem = stem.replace(/key(?=[^/]*$)/i, 'cert');
  const names = [stem, stem.replace(/[-_.]?key$/i, ''), certificateStem];
  const paths = names
    .filter((name) => name !== '' && !name.endsWith('/'))
    .flatMap((name) => ['.crt', '.pem', '.cer', '.cert'].map((ending) => name + ending));
  return [...new Set(paths)].filter((path) => path !== keyPath);
}
