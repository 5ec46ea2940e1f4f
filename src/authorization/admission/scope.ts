import type { AdmissionConfig } from './config/index.ts';
import { kindOf } from './kinds.ts';
import type { Review } from './review.ts';

/** Subresources by which an object itself is changed; the others tell of what runs. */
const CHANGING = new Set([undefined, 'ephemeralcontainers']);

/** Why a request is let through unjudged; undefined where it is judged. */
export function exemption(
  review: Review,
  { namespace, excludedNamespaces }: Pick<AdmissionConfig, 'namespace' | 'excludedNamespaces'>,
): 'kind' | 'namespace' | 'operation' | undefined {
  if (review.operation === 'CONNECT' || !CHANGING.has(review.subresource)) return 'operation';
  if (!kindOf(review.group, review.kind)) return 'kind';
  const within = review.kind === 'Namespace' ? review.name : review.namespace;
  if (within === undefined) return undefined;
  return within === namespace || excludedNamespaces.includes(within) ? 'namespace' : undefined;
}
