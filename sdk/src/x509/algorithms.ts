import { type KeyObject, verify } from 'node:crypto';

/** A way to sign certificates, known by the exact bytes of its AlgorithmIdentifier: parameters that
 *  are merely similar are another algorithm. */
export interface SignatureAlgorithm {
  readonly name: string;
  readonly keyType: 'ec' | 'rsa';
  readonly hash: string;
  /** Bytes of salt; RSASSA-PSS only. */
  readonly saltLength?: number;
}

const RSA_PSS_PADDING = 6;
const ecdsa = (hash: string): SignatureAlgorithm => ({
  name: `ECDSA with ${hash}`,
  keyType: 'ec',
  hash,
});
const rsa = (hash: string): SignatureAlgorithm => ({
  name: `RSA with ${hash}`,
  keyType: 'rsa',
  hash,
});
const rsaPss = (hash: string, saltLength: number): SignatureAlgorithm => ({
  name: `RSASSA-PSS with ${hash}`,
  keyType: 'rsa',
  hash,
  saltLength,
});

/** The hash, MGF1 with the same hash, a salt as long as the hash. @see RFC 4055 §3.1 */
const pssDer = (digestArc: string, saltLength: string): string =>
  `304106092a864886f70d01010a3034a00f300d060960864801650304020${digestArc}0500a11c301a06092a864886f70d010108300d060960864801650304020${digestArc}0500a2030201${saltLength}`;

/** By AlgorithmIdentifier, in hexadecimal. @see RFC 5758 §3.2, RFC 4055 §5, §3.1 */
const ALGORITHMS: ReadonlyMap<string, SignatureAlgorithm> = new Map([
  ['300a06082a8648ce3d040302', ecdsa('sha256')],
  ['300a06082a8648ce3d040303', ecdsa('sha384')],
  ['300a06082a8648ce3d040304', ecdsa('sha512')],
  ['300d06092a864886f70d01010b0500', rsa('sha256')],
  ['300d06092a864886f70d01010c0500', rsa('sha384')],
  ['300d06092a864886f70d01010d0500', rsa('sha512')],
  [pssDer('1', '20'), rsaPss('sha256', 32)],
  [pssDer('2', '30'), rsaPss('sha384', 48)],
  [pssDer('3', '40'), rsaPss('sha512', 64)],
]);

/** The algorithm of an AlgorithmIdentifier; undefined for all that are weak, odd or unknown. */
export function signatureAlgorithmOf(der: Buffer): SignatureAlgorithm | undefined {
  return ALGORITHMS.get(der.toString('hex'));
}

/** Whether `signature` over `bytes` was made by the holder of `key`, of whatever type the key is. */
export function verifies(
  { keyType, hash, saltLength }: SignatureAlgorithm,
  key: KeyObject,
  bytes: Buffer,
  signature: Buffer,
): boolean {
  if (key.asymmetricKeyType !== keyType) return false;
  const options = saltLength === undefined ? key : { key, padding: RSA_PSS_PADDING, saltLength };
  return verify(hash, bytes, options, signature);
}
