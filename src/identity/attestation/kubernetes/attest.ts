import { messageOf, quote } from '../../../base/fault.ts';
import { type Attested, attested, type Claim, forbidden, unavailable } from '../attestation.ts';
import { type PodIdentity, readClaims, type TokenRules } from './claims.ts';
import type { Cluster, ClusterKeys, TokenReviewer } from './cluster.ts';
import { readToken, verifySignature } from './jws.ts';
import { readReview } from './review.ts';

/** A projected service account token. */
export interface TokenEvidence {
  readonly token: string;
  /** Of the pod that the bearer runs in, where its cgroups say so: a token of another pod is stolen. */
  readonly podUid?: string;
}

/** Says which pod a token is of, and as which account it runs. The cluster is the one whose issuer the
 *  token names, and its keys or its own answer decide whether that is true.
 *  @param now milliseconds since 1970
 *  @throws {Fault} `identity/attestation-forbidden/token-…`, `identity/attestation-unavailable/…` */
export async function attestToken(
  { token, podUid }: TokenEvidence,
  clusters: readonly Cluster[],
  limits: Pick<TokenRules, 'clockSkewSeconds' | 'maxLifetimeSeconds'>,
  now: number,
  signal: AbortSignal,
): Promise<Attested<PodIdentity>> {
  const read = readToken(token);
  const cluster = clusters.find(({ issuer }) => issuer === read.claims.iss);
  if (!cluster) {
    throw forbidden('token-issuer', `no cluster here has the issuer ${quote(read.claims.iss)}`);
  }
  const { by, audience, name } = cluster;
  const rules = { ...limits, audience };
  if (typeof by !== 'function') verifySignature(read, await keysFor(read.header.kid, cluster, by));
  const pod =
    typeof by === 'function'
      ? readReview(await ask(by, token, audience, signal), audience)
      : readClaims(read.claims, rules, now);
  if (podUid !== undefined && podUid !== pod.podUid) {
    throw forbidden(
      'token-pod',
      `the token is of the pod ${pod.podUid}, and its bearer runs in ${quote(podUid)}`,
    );
  }
  return attested(pod, claimsOf(pod, name));
}

/** The cluster's keys, read again where none of them is the token's. */
async function keysFor(
  kid: unknown,
  { readKeysAgain }: Cluster,
  keys: ClusterKeys,
): Promise<ClusterKeys> {
  if (typeof kid !== 'string' || keys.has(kid) || !readKeysAgain) return keys;
  try {
    return await readKeysAgain();
  } catch (thrown) {
    throw unavailable(
      'cluster-keys',
      `the keys of the cluster cannot be read: ${quote(messageOf(thrown), 120)}`,
      { cause: thrown },
    );
  }
}

async function ask(
  review: TokenReviewer,
  token: string,
  audience: string,
  signal: AbortSignal,
): Promise<unknown> {
  try {
    return await review(token, [audience], signal);
  } catch (thrown) {
    throw unavailable(
      'token-review',
      `the cluster cannot be asked: ${quote(messageOf(thrown), 120)}`,
      {
        cause: thrown,
      },
    );
  }
}

function claimsOf(
  { namespace, account, podName, podUid, node }: PodIdentity,
  cluster: string | null,
): Claim[] {
  const claims: Claim[] = [
    ['k8s', 'ns', namespace],
    ['k8s', 'sa', account],
    ['k8s', 'pod-name', podName],
    ['k8s', 'pod-uid', podUid],
  ];
  if (node !== undefined) claims.push(['k8s', 'node-name', node]);
  if (cluster !== null) claims.push(['k8s', 'cluster', cluster]);
  return claims;
}
