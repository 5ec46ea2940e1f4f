import { type IdentityParts, readSvid, type X509Svid } from '../../sdk/src/index.ts';

/** An identity as one thread can hand it to another. */
export interface Handed {
  readonly spiffeId: string;
  readonly chain: Uint8Array;
  readonly privateKey: Uint8Array;
  /** The authorities of the trust domain. */
  readonly authorities: readonly Uint8Array[];
}

export const handed = (svid: X509Svid, authorities: readonly Buffer[]): Handed => ({
  spiffeId: svid.spiffeId,
  chain: Buffer.concat(svid.chain),
  privateKey: svid.privateKey.export({ format: 'der', type: 'pkcs8' }),
  authorities,
});

/** What the other thread makes of it. */
export function partsOf({ spiffeId, chain, privateKey, authorities }: Handed): IdentityParts {
  const none = { bundle: Buffer.alloc(0), hint: '' };
  const der = { chain: Buffer.from(chain), privateKey: Buffer.from(privateKey) };
  const svid = readSvid({ spiffeId, ...der, ...none });
  const bundles = new Map([[svid.trustDomain, authorities.map((one) => Buffer.from(one))]]);
  return { svids: [svid], bundles };
}
