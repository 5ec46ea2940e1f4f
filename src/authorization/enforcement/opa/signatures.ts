import { hash } from 'node:crypto';
import { canonicalJson } from '../../targets/opa/index.ts';

/** Signs bundles with ECDSA on P-256 and SHA-256. */
export interface BundleSigner {
  /** What OPA's configuration calls the key that verifies. */
  readonly keyId: string;
  /** R and S, 64 bytes (RFC 7518 §3.4). */
  readonly sign: (input: Uint8Array) => Uint8Array;
}

export interface BundleFile {
  /** Inside the bundle, without a slash before it. */
  readonly path: string;
  readonly text: string;
  /** Its text is JSON as OPA takes the hash of it, before a line break: it need not be read for that. */
  readonly isCanonical?: boolean;
}

export interface HashedFile extends BundleFile {
  /** `hashOf` it. */
  readonly hash: string;
}

/** Files that OPA takes the hash of as what they say, and not as they are written. */
const STRUCTURED = /(?:^|\/)(?:data\.json|\.manifest)$/;

/** The text of `.signatures.json`, which vouches for every file of a bundle.
 *  @see OPA documentation, "Bundles", Signing */
export function signaturesOf(files: readonly HashedFile[], signer: BundleSigner): string {
  const header = { alg: 'ES256', kid: signer.keyId, typ: 'JWT' };
  const hashes = files.map(({ path, hash }) => ({ name: path, hash, algorithm: 'SHA-256' }));
  const input = `${encode(JSON.stringify(header))}.${encode(JSON.stringify({ files: hashes }))}`;
  const signature = Buffer.from(signer.sign(Buffer.from(input))).toString('base64url');
  return `${JSON.stringify({ signatures: [`${input}.${signature}`] })}\n`;
}

const LINE_FEED = 0x0a;

const encode = (text: string): string => Buffer.from(text).toString('base64url');

/** SHA-256 of what a file says, in hexadecimal.
 *  @param bytes its text */
export const hashOf = (file: BundleFile, bytes: Buffer): string =>
  hash('sha256', hashed(file, bytes), 'hex');

function hashed({ path, text, isCanonical }: BundleFile, bytes: Buffer): Buffer | string {
  if (!STRUCTURED.test(path)) return bytes;
  if (!isCanonical) return canonicalJson(JSON.parse(text));
  return bytes.at(-1) === LINE_FEED ? bytes.subarray(0, -1) : bytes;
}
