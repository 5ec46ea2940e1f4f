import { z } from 'zod';
import { messageOf } from '../../base/fault.ts';
import { parseSpiffeId, parseTrustDomain } from '../spiffe/index.ts';
import { MAX_PEM_BYTES } from './files.ts';

/** How the endpoint of a foreign trust domain is known to be the right one. @see SPIFFE Federation §5.2 */
export const ENDPOINT_PROFILES = ['https_web', 'https_spiffe'] as const;
export type EndpointProfile = (typeof ENDPOINT_PROFILES)[number];

const MAX_URL = 2_048;
export const MAX_BUNDLE_BYTES = 1 << 20;

/** A text that a parser takes. */
const parsed = (parse: (text: string) => unknown) =>
  z.string().superRefine((text, context) => {
    try {
      parse(text);
    } catch (thrown) {
      context.addIssue({ code: 'custom', message: messageOf(thrown) });
    }
  });

export const TrustDomainName = parsed((text) => {
  if (parseTrustDomain(text) !== text) throw new Error('must be written without `spiffe://`');
});

const EndpointId = parsed((text) => {
  if (parseSpiffeId(text).path === '') throw new Error('must have a path: it is a workload');
});

/** What is wrong with a URL: the first of these that holds. Parsers of URLs take much more than they are
 *  meant to, and some of it as a user.
 *  @see SPIFFE Federation §5.2.1.1, §5.2.2.1 */
const FLAWS: readonly (readonly [hasFlaw: (text: string) => boolean, message: string])[] = [
  [(text) => text.length > MAX_URL, `must have at most ${MAX_URL} characters`],
  [
    (text) => !/^https:\/\/[!-[\]-~]+$/.test(text) || !URL.canParse(text),
    'must be an https URL, in printable ASCII',
  ],
  [(text) => /^https:\/\/[^/?#]*@/.test(text), 'must not hold a user name or password'],
  [(text) => text.includes('#'), 'must not have a fragment'],
];

const EndpointUrl = z.string().superRefine((text, context) => {
  const flaw = FLAWS.find(([hasFlaw]) => hasFlaw(text));
  if (flaw) context.addIssue({ code: 'custom', message: flaw[1] });
});

const COMMON = {
  trustDomain: TrustDomainName.describe(
    'Name of the foreign trust domain, such as `other.example`',
  ),
  url: EndpointUrl.describe('Its bundle endpoint; nothing else is ever asked'),
  allowOlder: z
    .boolean()
    .default(false)
    .describe(
      'Take bundles whose sequence number went back, as after the other side was restored from a backup',
    ),
};
const SPIFFE = {
  profile: z.literal('https_spiffe').describe('The endpoint proves itself with an X.509-SVID'),
  endpointSpiffeId: EndpointId.describe('SPIFFE ID of the endpoint'),
};
const WEB = {
  profile: z
    .literal('https_web')
    .describe('The endpoint proves itself with a certificate of the web'),
};

const File = z.string().min(1).max(4_096);
const BUNDLE_FILE =
  'The bundle to begin with, as a SPIFFE bundle document; it is taken again whenever the file changes';

/** A relation in the configuration file. */
export const ConfiguredRelation = z
  .discriminatedUnion('profile', [
    z.strictObject({
      ...COMMON,
      ...WEB,
      caFile: File.optional().describe("PEM to trust in place of Node's list of web authorities"),
      bundleFile: File.optional().describe(BUNDLE_FILE),
    }),
    z.strictObject({
      ...COMMON,
      ...SPIFFE,
      bundleFile: File.optional().describe(BUNDLE_FILE),
    }),
  ])
  .superRefine((relation, context) =>
    needBundle(relation, relation.bundleFile, 'bundleFile', context),
  );
export type ConfiguredRelation = z.infer<typeof ConfiguredRelation>;

/** A relation that people set while Reeve runs. It names no files: who may set it need not be somebody
 *  who may read those of the server. */
export const RelationWish = z
  .discriminatedUnion('profile', [
    z.strictObject({
      ...COMMON,
      ...WEB,
      ca: z
        .string()
        .min(1)
        .max(MAX_PEM_BYTES)
        .optional()
        .describe("Certificates in PEM to trust in place of Node's list of web authorities"),
      bundle: z
        .string()
        .min(1)
        .max(MAX_BUNDLE_BYTES)
        .optional()
        .describe('The bundle to begin with'),
    }),
    z.strictObject({
      ...COMMON,
      ...SPIFFE,
      bundle: z
        .string()
        .min(1)
        .max(MAX_BUNDLE_BYTES)
        .optional()
        .describe('The bundle to begin with, as a SPIFFE bundle document'),
    }),
  ])
  .superRefine((relation, context) => needBundle(relation, relation.bundle, 'bundle', context));
export type RelationWish = z.infer<typeof RelationWish>;

type Common =
  | { readonly profile: 'https_web' }
  | {
      readonly profile: 'https_spiffe';
      readonly trustDomain: string;
      readonly endpointSpiffeId: string;
    };

/** Without a bundle to begin with, an endpoint of the trust domain itself could never be believed.
 *  @see SPIFFE Federation §5.2.2.2 */
function needBundle(
  relation: Common,
  bundle: string | undefined,
  path: string,
  context: z.RefinementCtx,
): void {
  if (relation.profile === 'https_web' || bundle !== undefined) return;
  if (!relation.endpointSpiffeId.startsWith(`spiffe://${relation.trustDomain}/`)) return;
  context.addIssue({
    code: 'custom',
    path: [path],
    message: 'is needed: the endpoint is of the trust domain whose bundle is not known yet',
  });
}
