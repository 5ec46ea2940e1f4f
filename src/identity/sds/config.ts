import { z } from 'zod';
import { MAX_ID_BYTES } from '../spiffe/index.ts';

const ResourceName = z
  .string()
  .min(1)
  .max(200)
  .regex(/^[\x21-\x7e]+$/, { error: 'must be printable ASCII without spaces' })
  .refine((name) => !name.startsWith('spiffe://') && name !== '*', {
    error: 'must not begin as a SPIFFE ID does, which is a name of its own, and not be `*`',
  });

/** By which names Envoys ask for what, and how much they may ask. The defaults are SPIRE's. */
export const SdsConfig = z
  .strictObject({
    defaultSvidName: ResourceName.default('default').describe(
      "The workload's default X.509-SVID, as a TLS certificate",
    ),
    defaultBundleName: ResourceName.default('ROOTCA').describe(
      'What verifies peers of its own trust domain',
    ),
    defaultAllBundlesName: ResourceName.default('ALL').describe(
      'What verifies peers of its own trust domain and of those it is federated with, each by its own bundle',
    ),
    spiffeValidator: z
      .boolean()
      .default(true)
      .describe(
        'Whether Envoys verify as SPIFFE demands. Where not, or where the metadata of an Envoy has ' +
          '`disable_spiffe_cert_validation`, they only look for a chain to the bundle, and there is no ' +
          '`ALL`; an Envoy older than 1.18 knows nothing else',
      ),
    maxNames: z
      .int()
      .min(1)
      .max(10_000)
      .default(256)
      .describe('Resources of one type that one stream may ask for by name'),
  })
  .refine(
    (config) =>
      new Set([config.defaultSvidName, config.defaultBundleName, config.defaultAllBundlesName])
        .size === 3,
    { error: 'the three names must differ' },
  );
export type SdsConfig = z.infer<typeof SdsConfig>;

/** The longest name of a secret, in bytes: that of a SPIFFE ID. */
export const MAX_NAME_BYTES = MAX_ID_BYTES;
