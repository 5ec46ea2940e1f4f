import { quote } from '../../../base/fault.ts';
import { listAt, pick } from '../../../base/pick.ts';
import { forbidden } from '../attestation.ts';
import { checkAudience, nameOf, notBound, type PodIdentity, uidOf } from './claims.ts';

const EXTRA = 'authentication.kubernetes.io';

/** Reads what a cluster has answered to a TokenReview.
 *  @throws {Fault} `identity/attestation-forbidden/token-…`
 *  @see authentication.k8s.io/v1, TokenReviewStatus */
export function readReview(review: unknown, audience: string): PodIdentity {
  const status = pick(review, 'status');
  if (pick(status, 'authenticated') !== true) {
    const error = pick(status, 'error');
    const why = typeof error === 'string' && error !== '' ? `: ${quote(error, 120)}` : '';
    throw forbidden('token-rejected', `the cluster does not take the token${why}`);
  }
  // A cluster that knows no audiences answers without them, and has not looked at the token's.
  checkAudience(pick(status, 'audiences') ?? [], audience);
  const [, namespace, account] =
    /^system:serviceaccount:([^:]*):([^:]*)$/.exec(String(pick(status, 'user', 'username'))) ?? [];
  if (namespace === undefined) {
    throw forbidden('token-malformed', 'the token is of no service account');
  }
  const extra = (name: string) => listAt(status, 'user', 'extra', `${EXTRA}/${name}`)[0];
  if (extra('pod-name') === undefined) throw notBound();
  const node = extra('node-name');
  return {
    namespace: nameOf(namespace, 'namespace'),
    account: nameOf(account, 'serviceaccount.name'),
    podName: nameOf(extra('pod-name'), 'pod.name'),
    podUid: uidOf(extra('pod-uid')),
    node: node === undefined ? undefined : nameOf(node, 'node.name'),
  };
}
