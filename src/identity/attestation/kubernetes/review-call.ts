import type { TokenReviewer } from './cluster.ts';

/** Posts to an API server and gives the JSON that it answers with. */
export type ApiPost = (path: string, body: unknown, signal: AbortSignal) => Promise<unknown>;

const PATH = '/apis/authentication.k8s.io/v1/tokenreviews';

/** Asks a cluster for a review of each token.
 *  @see authentication.k8s.io/v1, TokenReview */
export function tokenReviewer(post: ApiPost): TokenReviewer {
  return (token, audiences, signal) =>
    post(
      PATH,
      {
        apiVersion: 'authentication.k8s.io/v1',
        kind: 'TokenReview',
        spec: { token, audiences: [...audiences] },
      },
      signal,
    );
}
