import { bytesField, messageField, textField } from '../../base/protobuf/index.ts';
import { type TrustBundle, writeJwks } from '../spiffe/index.ts';
import type { CheckedJwt, Entitled, HeldSvid, IssuedJwt } from './ports.ts';
import { structOf } from './struct.ts';

/** Messages of the Workload API as it writes them. Each says everything.
 *  @see SPIFFE Workload API, workload.proto */

/** An X509SVIDResponse. */
export function x509SvidResponse({ svids, bundles, crls }: Entitled): Buffer {
  const own = new Set(svids.map(({ trustDomain }) => trustDomain));
  const federated = bundles.filter(({ trustDomain }) => !own.has(trustDomain));
  return Buffer.concat([
    ...withUniqueHints(svids).map((svid) => messageField(1, ...x509Svid(svid, bundles))),
    ...crls.map((crl) => bytesField(2, crl)),
    ...federated.map((bundle) => bundleEntry(3, bundle, certificatesOf(bundle))),
  ]);
}

/** An X509BundlesResponse. */
export function x509BundlesResponse({ bundles, crls }: Pick<Entitled, 'bundles' | 'crls'>): Buffer {
  return Buffer.concat([
    ...crls.map((crl) => bytesField(1, crl)),
    ...bundles.map((bundle) => bundleEntry(2, bundle, certificatesOf(bundle))),
  ]);
}

/** A JWTSVIDResponse. */
export function jwtSvidResponse(svids: readonly IssuedJwt[]): Buffer {
  const fields = withUniqueHints(svids).map(({ spiffeId, token, hint }) =>
    messageField(1, textField(1, spiffeId), textField(2, token), ...hintField(3, hint)),
  );
  return Buffer.concat(fields);
}

/** A JWTBundlesResponse. */
export function jwtBundlesResponse({ bundles }: Pick<Entitled, 'bundles'>): Buffer {
  const entries = bundles.map((bundle) =>
    bundleEntry(1, bundle, Buffer.from(writeJwks(bundle, 'jwt-svid'))),
  );
  return Buffer.concat(entries);
}

/** A ValidateJWTSVIDResponse. */
export function validateJwtSvidResponse({ spiffeId, claims }: CheckedJwt): Buffer {
  return Buffer.concat([textField(1, spiffeId), messageField(2, structOf(claims))]);
}

function x509Svid(svid: HeldSvid, bundles: readonly TrustBundle[]): Buffer[] {
  const own = bundles.find(({ trustDomain }) => trustDomain === svid.trustDomain);
  return [
    textField(1, svid.spiffeId),
    bytesField(2, Buffer.concat(svid.chain)),
    bytesField(3, svid.privateKey),
    bytesField(4, own ? certificatesOf(own) : Buffer.alloc(0)),
    ...hintField(5, svid.hint),
  ];
}

function certificatesOf({ x509Authorities }: TrustBundle): Buffer {
  return Buffer.concat(x509Authorities);
}

/** An entry of a map, by the SPIFFE ID of the trust domain. */
function bundleEntry(field: number, { trustDomain }: TrustBundle, bundle: Buffer): Buffer {
  return messageField(field, textField(1, `spiffe://${trustDomain}`), bytesField(2, bundle));
}

function hintField(field: number, hint: string): Buffer[] {
  return hint === '' ? [] : [textField(field, hint)];
}

/** Of two identities with one hint the first has it: clients must find one by it, and none is to be lost.
 *  @see SPIFFE Workload API §5.2.1 */
function withUniqueHints<Svid extends { readonly hint: string }>(
  svids: readonly Svid[],
): readonly Svid[] {
  const given = new Set<string>();
  return svids.map((svid) => {
    if (given.has(svid.hint)) return { ...svid, hint: '' };
    given.add(svid.hint);
    return svid;
  });
}
