import { createPublicKey, type JsonWebKey, type KeyObject } from 'node:crypto';
import { Fault, messageOf, quote } from '../../../base/fault.ts';
import { ALGORITHMS, flawOfKey, type JwtAlgorithm } from '../../jwt/index.ts';

/** A cluster whose service account tokens are taken. */
export interface Cluster {
  /** Becomes the selector `k8s:cluster:NAME`; null where there is only one. */
  readonly name: string | null;
  /** `iss` of its tokens, to the letter. */
  readonly issuer: string;
  /** What a token must be made for. */
  readonly audience: string;
  /** How its tokens are verified. */
  readonly by: ClusterKeys | TokenReviewer;
  /** The keys as they are now, for a token of a key that is not among them; whoever gives it bounds how
   *  often the cluster is asked. */
  readonly readKeysAgain?: () => Promise<ClusterKeys>;
}

/** Public keys of a cluster by key id. */
export type ClusterKeys = ReadonlyMap<string, ClusterKey>;

export interface ClusterKey {
  readonly algorithm: JwtAlgorithm;
  readonly key: KeyObject;
}

/** Asks the cluster's TokenReview; the answer is the object as the API server gave it.
 *  @see authentication.k8s.io/v1, TokenReview */
export type TokenReviewer = (
  token: string,
  audiences: readonly string[],
  signal: AbortSignal,
) => Promise<unknown>;

/** Algorithms of tokens that are taken: what clusters sign with. */
export const TOKEN_ALGORITHMS: readonly string[] = ['RS256', 'ES256'];

const MAX_KEYS = 100;
const MAX_KEY_ID_LENGTH = 256;

/** Reads a cluster's JWKS (`/openid/v1/jwks`). Keys of other kinds and uses are passed over.
 *  @throws {Fault} `identity/cluster-keys-malformed`
 *  @see RFC 7517 §5 */
export function readClusterKeys(jwks: unknown): ClusterKeys {
  const keys = (jwks as { readonly keys?: unknown } | null)?.keys;
  if (!Array.isArray(keys)) throw malformed('it has no list of keys');
  if (keys.length > MAX_KEYS) throw malformed(`it has more than ${MAX_KEYS} keys`);
  const read = new Map<string, ClusterKey>();
  for (const jwk of keys) {
    const { kid, use = 'sig', alg } = (jwk ?? {}) as Readonly<Record<string, unknown>>;
    if (typeof kid !== 'string' || kid.length > MAX_KEY_ID_LENGTH || use !== 'sig') continue;
    const key = toKey(jwk as JsonWebKey, kid);
    const algorithm = key && algorithmOf(key);
    if (!algorithm || (alg ?? algorithm.name) !== algorithm.name) continue;
    if (read.has(kid)) throw malformed(`two keys are called ${quote(kid)}`);
    read.set(kid, { algorithm, key });
  }
  if (read.size === 0) throw malformed('no key of it is for RS256 (2,048 bits or more) or ES256');
  return read;
}

function algorithmOf(key: KeyObject): JwtAlgorithm | undefined {
  const taken = TOKEN_ALGORITHMS.flatMap((name) => ALGORITHMS.get(name) ?? []);
  return taken.find((algorithm) => flawOfKey(key, algorithm) === undefined);
}

function toKey(jwk: JsonWebKey, kid: string): KeyObject | undefined {
  if (jwk.kty !== 'RSA' && jwk.kty !== 'EC') return undefined;
  try {
    return createPublicKey({ format: 'jwk', key: jwk });
  } catch (thrown) {
    throw malformed(`its key ${quote(kid)} cannot be read: ${messageOf(thrown)}`);
  }
}

function malformed(why: string): Fault {
  return new Fault(
    'identity/cluster-keys-malformed',
    `The keys of the cluster are refused: ${why}`,
  );
}
