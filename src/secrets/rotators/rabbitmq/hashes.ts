import { createHash } from 'node:crypto';

/** Bytes of salt. */
export const SALT_BYTES = 4;

const DIGESTS: Readonly<Record<string, string>> = {
  rabbit_password_hashing_sha256: 'sha256',
  rabbit_password_hashing_sha512: 'sha512',
};

/** What RabbitMQ keeps of a password, as its HTTP API takes it.
 *  @param was the algorithm of the user; one that is not among those here gives way to SHA-256
 *  @see the documentation of RabbitMQ, “Passwords”, computing a hash */
export function hashPassword(
  password: string,
  salt: Buffer,
  was: string | undefined,
): { readonly password_hash: string; readonly hashing_algorithm: string } {
  const algorithm =
    was !== undefined && Object.hasOwn(DIGESTS, was) ? was : 'rabbit_password_hashing_sha256';
  const digest = createHash(DIGESTS[algorithm] ?? 'sha256')
    .update(salt)
    .update(password, 'utf8');
  return {
    password_hash: Buffer.concat([salt, digest.digest()]).toString('base64'),
    hashing_algorithm: algorithm,
  };
}

/** Lets nobody in by a password. */
export const NO_PASSWORD = {
  password_hash: '',
  hashing_algorithm: 'rabbit_password_hashing_sha256',
};
