import { createHash, createHmac, pbkdf2 } from 'node:crypto';
import { promisify } from 'node:util';

const ITERATIONS = 4_096;
export const SALT_BYTES = 16;

/** What PostgreSQL stores of a password: `SCRAM-SHA-256$iterations:salt$StoredKey:ServerKey`. The server takes it in
 *  place of a password, which therefore stands in no statement.
 *  @see RFC 5802 §3, RFC 7677; 4,096 iterations as there: passwords drawn by lot gain nothing by more */
export async function scramVerifier(
  password: string,
  salt: Buffer,
  iterations = ITERATIONS,
): Promise<string> {
  const salted = await promisify(pbkdf2)(prepare(password), salt, iterations, 32, 'sha256');
  const clientKey = createHmac('sha256', salted).update('Client Key').digest();
  const storedKey = createHash('sha256').update(clientKey).digest('base64');
  const serverKey = createHmac('sha256', salted).update('Server Key').digest('base64');
  return `SCRAM-SHA-256$${iterations}:${salt.toString('base64')}$${storedKey}:${serverKey}`;
}

// RFC 3454, tables C.1.2 and B.1
const SPACES = /[\u00a0\u1680\u2000-\u200b\u202f\u205f\u3000]/g;
const MAPPED_TO_NOTHING =
  /\u00ad|\u034f|\u1806|[\u180b-\u180d]|\u200c|\u200d|\u2060|[\ufe00-\ufe0f]|\ufeff/g;

/** SASLprep (RFC 4013) without its prohibitions: PostgreSQL takes what they forbid as it is. */
const prepare = (password: string): string =>
  password.replace(SPACES, ' ').replace(MAPPED_TO_NOTHING, '').normalize('NFKC');
