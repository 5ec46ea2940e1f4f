import { X509Certificate } from 'node:crypto';
import { Fault, messageOf, quote } from '../../base/fault.ts';
import { type BundleLimits, parseBundle, parseSpiffeId, type SpiffeId } from '../spiffe/index.ts';
import { judgeTrustDomain } from './judge.ts';
import { type ConfiguredRelation, type EndpointProfile, RelationWish } from './relation-schema.ts';

/** Whose bundle is fetched from where, as it is worked with. */
export interface Relation {
  readonly trustDomain: string;
  readonly url: string;
  readonly profile: EndpointProfile;
  /** Of `https_spiffe` alone. */
  readonly endpointId?: SpiffeId;
  readonly allowOlder: boolean;
  /** `configuration`: it is in the configuration file, and can only be changed there. */
  readonly origin: 'configuration' | 'people';
  /** The bundle to begin with, and what to trust on the web: texts, or files that hold them. */
  readonly bundle?: Given;
  readonly ca?: Given;
}

export type Given = { readonly file: string } | { readonly text: string };

/** @throws {Fault} `identity/id-malformed` */
export function configuredRelation(said: ConfiguredRelation): Relation {
  const files = {
    ...(said.bundleFile !== undefined && { bundle: { file: said.bundleFile } }),
    ...(said.profile === 'https_web' && said.caFile !== undefined && { ca: { file: said.caFile } }),
  };
  return { ...commonOf(said), ...files, origin: 'configuration' };
}

/** @throws {Fault} `identity/id-malformed` */
export function wishedRelation(said: RelationWish): Relation {
  const texts = {
    ...(said.bundle !== undefined && { bundle: { text: said.bundle } }),
    ...(said.profile === 'https_web' && said.ca !== undefined && { ca: { text: said.ca } }),
  };
  return { ...commonOf(said), ...texts, origin: 'people' };
}

function commonOf(said: ConfiguredRelation | RelationWish) {
  const { trustDomain, url, profile, allowOlder } = said;
  const endpoint =
    said.profile === 'https_spiffe' ? { endpointId: parseSpiffeId(said.endpointSpiffeId) } : {};
  return { trustDomain, url, profile, allowOlder, ...endpoint };
}

/** Reads what somebody wishes.
 *  @throws {Fault} `identity/federation-invalid` with every problem and its place */
export function parseWish(said: unknown): RelationWish {
  const read = RelationWish.safeParse(said);
  if (read.success) return read.data;
  const problems = read.error.issues.map(({ path, message }) => `${path.join('.')}: ${message}`);
  throw new Fault(
    'identity/federation-invalid',
    `The relation is not valid: ${quote(problems.join('; '), 500)}`,
    {
      hint: 'it has `trustDomain`, `url` and `profile`; with `https_spiffe` also `endpointSpiffeId` and `bundle`',
    },
  );
}

/** What nobody could use is not kept.
 *  @throws {Fault} `identity/bundle-…`, `identity/bundle-invalid/other-trust-domain`,
 *  `identity/federation-invalid` */
export function judgeTexts(wish: RelationWish, limits: BundleLimits): void {
  if (wish.bundle !== undefined) {
    judgeTrustDomain(parseBundle(wish.trustDomain, wish.bundle, limits).bundle);
  }
  if (wish.profile !== 'https_web' || wish.ca === undefined) return;
  try {
    new X509Certificate(wish.ca);
  } catch (thrown) {
    const why = `\`ca\` does not begin with a certificate in PEM: ${messageOf(thrown)}`;
    throw new Fault('identity/federation-invalid', why);
  }
}

/** @throws {Fault} `identity/federation-conflict` */
export function judgeSettable({ trustDomain, origin }: Relation): void {
  if (origin === 'people') return;
  throw new Fault(
    'identity/federation-conflict',
    `Federation with ${quote(trustDomain)} is set in the configuration file, and only there`,
    { hint: 'change `identity.federation.trustDomains`, and start Reeve again' },
  );
}
