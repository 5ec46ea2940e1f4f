import { createPublicKey } from 'node:crypto';
import type { TrustBundle } from '../spiffe/index.ts';
import type { AuthorityState, SigningAuthority } from './model.ts';

/** Whether an authority is in the bundle. */
export const isPublished = ({ status }: SigningAuthority): boolean => status !== 'prepared';

/** What the bundle is made of, one text for each part: equal lists are equal bundles. */
export function contentOf({ authorities }: Pick<AuthorityState, 'authorities'>): readonly string[] {
  const published = authorities.filter(isPublished);
  const parts = published.flatMap(({ kind, id, publicKey, anchors }) =>
    kind === 'x509' ? anchors : [`${id} ${publicKey}`],
  );
  return [...new Set(parts)];
}

/** The bundle of the trust domain: what verifies whatever its authorities signed.
 *  @see SPIFFE Trust Domain and Bundle §4 */
export function bundleOf(state: AuthorityState, refreshHintSeconds: number): TrustBundle {
  const published = state.authorities.filter(isPublished);
  const anchors = published.flatMap((authority) => authority.anchors);
  return {
    trustDomain: state.trustDomain,
    x509Authorities: [...new Set(anchors)].map((anchor) => Buffer.from(anchor, 'base64')),
    jwtAuthorities: published
      .filter(({ kind }) => kind === 'jwt')
      .map(({ id, publicKey }) => ({ keyId: id, publicKey: importKey(publicKey) })),
    sequence: BigInt(state.sequence),
    refreshHintSeconds,
  };
}

function importKey(publicKey: string) {
  return createPublicKey({ key: Buffer.from(publicKey, 'base64'), format: 'der', type: 'spki' });
}
