import { z } from 'zod';
import { messageOf } from '../../base/fault.ts';
import { DEFAULT_TEMPLATE, parseTemplate } from './template.ts';

const Template = z.string().superRefine((text, context) => {
  try {
    parseTemplate(text);
  } catch (thrown) {
    context.addIssue({ code: 'custom', message: messageOf(thrown) });
  }
});

/** How workloads come to their identities. */
export const RegistrationConfig = z.strictObject({
  automatic: z
    .boolean()
    .default(true)
    .describe('Register the services of the estate whose service accounts are known'),
  idTemplate: Template.default(DEFAULT_TEMPLATE).describe(
    'Path of the SPIFFE IDs that services are registered under; of `{environment}`, `{namespace}`, `{account}` and `{service}`',
  ),
  defaultAccounts: z
    .boolean()
    .default(false)
    .describe('Register services that run as the default account of their namespace too'),
  retireAfterHours: z
    .int()
    .min(0)
    .max(8_760)
    .default(24)
    .describe('How long a registration outlives the last source that knew its service'),
  x509TtlSeconds: z
    .int()
    .min(60)
    .max(604_800)
    .default(3_600)
    .describe('Lifetime of the X.509-SVIDs of services that are registered automatically'),
  jwtTtlSeconds: z
    .int()
    .min(10)
    .max(86_400)
    .default(300)
    .describe('Lifetime of the JWT-SVIDs of services that are registered automatically'),
  maxX509TtlSeconds: z
    .int()
    .min(60)
    .max(604_800)
    .default(86_400)
    .describe('Longest lifetime of X.509-SVIDs that an entry may ask for'),
  maxJwtTtlSeconds: z
    .int()
    .min(10)
    .max(86_400)
    .default(3_600)
    .describe('Longest lifetime of JWT-SVIDs that an entry may ask for'),
  maxEntries: z
    .int()
    .min(1)
    .max(1_000_000)
    .default(100_000)
    .describe('Entries; further ones are refused'),
});
export type RegistrationConfig = z.infer<typeof RegistrationConfig>;
