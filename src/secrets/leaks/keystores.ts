import { createPrivateKey } from 'node:crypto';

/** Binary files that keep private keys, by their first bytes. */
const MAGIC: readonly { readonly kind: string; readonly isMagic: (bytes: Buffer) => boolean }[] = [
  { kind: 'keystore', isMagic: (bytes) => startsWith(bytes, 0xfe, 0xed, 0xfe, 0xed) }, // JKS
  { kind: 'keystore', isMagic: (bytes) => startsWith(bytes, 0xce, 0xce, 0xce, 0xce) }, // JCEKS
  { kind: 'keystore', isMagic: isPkcs12 },
  { kind: 'private-key', isMagic: isPrivateKeyDer },
];
const PATH = /\.(?:jks|jceks|keystore|ks|bks|p12|pfx|pkcs12|key|der|p8|pk8)$/i;
/** Files that are named as holding only the certificates to be trusted. */
const TRUST = /trust|cacerts/i;

/** Whether a path is one under which keys are kept in binary. */
export function isKeystorePath(path: string): boolean {
  return PATH.test(path) && !TRUST.test(path.slice(path.lastIndexOf('/') + 1));
}

/** `keystore`, `private-key`, or undefined for other binaries. */
export function keystoreKind(bytes: Buffer): string | undefined {
  return MAGIC.find(({ isMagic }) => isMagic(bytes))?.kind;
}

function startsWith(bytes: Buffer, ...magic: readonly number[]): boolean {
  return magic.every((byte, index) => bytes[index] === byte);
}

/** SEQUENCE { INTEGER 3, …
 *  @see RFC 7292 §4, PFX */
function isPkcs12(bytes: Buffer): boolean {
  const length = bytes[1] ?? 0;
  const header = length < 0x80 ? 2 : 2 + (length & 0x7f);
  return bytes[0] === 0x30 && header <= 6 && startsWith(bytes.subarray(header), 0x02, 0x01, 0x03);
}

function isPrivateKeyDer(bytes: Buffer): boolean {
  if (bytes[0] !== 0x30 || bytes.length > 20_000) return false;
  return (['pkcs8', 'pkcs1', 'sec1'] as const).some((type) => {
    try {
      createPrivateKey({ key: bytes, format: 'der', type });
      return true;
    } catch {
      return false;
    }
  });
}
