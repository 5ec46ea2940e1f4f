import { z } from 'zod';
import { ConfiguredRelation, MAX_BUNDLE_BYTES } from './relation-schema.ts';

const seconds = (min: number, max: number, usual: number) =>
  z.int().min(min).max(max).default(usual);
const File = z.string().min(1).max(4_096);
const DAY = 86_400;

const WebCertificate = z.strictObject({
  profile: z.literal('https_web').describe('With a certificate of the web'),
  certificateFile: File.describe('PEM: the certificate of the host, then those up to its root'),
  keyFile: File.describe('PEM: its private key'),
  reloadSeconds: seconds(1, DAY, 60).describe('How often to look whether the files have changed'),
});

const OwnSvid = z.strictObject({
  profile: z
    .literal('https_spiffe')
    .describe('With the X.509-SVID of the server, `spiffe://TRUST-DOMAIN/reeve/server`'),
});

/** Where other trust domains fetch the bundle of this one. */
export const BundleEndpointConfig = z.strictObject({
  host: z.string().min(1).max(255).default('127.0.0.1').describe('Address to listen at'),
  port: z.int().min(0).max(65_535).default(7_444).describe('Port to listen at'),
  path: z
    .string()
    .regex(/^\/[\w./~-]*$/, 'must begin with a slash, and have letters, digits, and `._~-/`')
    .max(1_024)
    .default('/')
    .describe('Path of the bundle'),
  authentication: z
    .discriminatedUnion('profile', [OwnSvid, WebCertificate])
    .prefault({ profile: 'https_spiffe' })
    .describe('How the endpoint proves that it is the right one. Nobody who asks has to'),
  maxConnections: z.int().min(1).max(65_535).default(256).describe('Connections at once'),
  requestSeconds: seconds(1, 60, 10).describe(
    'How long a handshake, a request, and silence on a connection may each last',
  ),
});
export type BundleEndpointConfig = z.infer<typeof BundleEndpointConfig>;

/** Trust between this trust domain and others. */
export const FederationConfig = z
  .strictObject({
    endpoint: BundleEndpointConfig.optional().describe(
      'Serves the bundle of this trust domain to others; nothing is served where it is left out',
    ),
    trustDomains: z
      .array(ConfiguredRelation)
      .max(1_000)
      .default([])
      .describe('Foreign trust domains whose bundles are fetched'),
    minRefreshSeconds: seconds(1, DAY, 10).describe(
      'How often a bundle is fetched at most, whatever its refresh hint says',
    ),
    maxRefreshSeconds: seconds(1, 7 * DAY, 3_600).describe(
      'How often a bundle is fetched at least, whatever its refresh hint says',
    ),
    fetchSeconds: seconds(1, 60, 10).describe('Longest that fetching a bundle may take'),
    maxBundleBytes: z
      .int()
      .min(1_024)
      .max(MAX_BUNDLE_BYTES)
      .default(MAX_BUNDLE_BYTES)
      .describe('Largest bundle of another trust domain'),
    maxBundleKeys: z.int().min(1).max(1_000).default(200).describe('Most keys of one bundle'),
    maxTrustDomains: z
      .int()
      .min(1)
      .max(1_000)
      .default(200)
      .describe('Most foreign trust domains, those that people add among them'),
  })
  .superRefine((config, context) => {
    if (config.minRefreshSeconds > config.maxRefreshSeconds) {
      const message = 'must not be more than maxRefreshSeconds';
      context.addIssue({ code: 'custom', path: ['minRefreshSeconds'], message });
    }
    if (config.trustDomains.length > config.maxTrustDomains) {
      const message = `has ${config.trustDomains.length}, more than maxTrustDomains`;
      context.addIssue({ code: 'custom', path: ['trustDomains'], message });
    }
    const names = config.trustDomains.map(({ trustDomain }) => trustDomain);
    names.forEach((name, index) => {
      if (names.indexOf(name) === index) return;
      const path = ['trustDomains', index, 'trustDomain'];
      context.addIssue({ code: 'custom', path, message: 'stands there twice' });
    });
  });
export type FederationConfig = z.infer<typeof FederationConfig>;
