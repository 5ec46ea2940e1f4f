import { z } from 'zod';
import { isTlsOrLoopback } from '../../base/loopback.ts';
import { activateBefore, prepareBefore } from './policy.ts';

const MINUTE = 60;
const DAY = 86_400;
const YEAR = 365 * DAY;

const seconds = (least: number, most: number, fallback: number) =>
  z.int().min(least).max(most).default(fallback);

/** Where a secret is: in a file or in an environment variable. */
const SecretReference = z
  .strictObject({
    file: z.string().min(1).optional().describe('File that only Reeve can read'),
    variable: z.string().min(1).optional().describe('Or environment variable'),
  })
  .refine(({ file, variable }) => (file === undefined) !== (variable === undefined), {
    message: 'give either file or variable',
  });
export type SecretReference = z.infer<typeof SecretReference>;

const X509Config = z
  .strictObject({
    authorityTtlSeconds: seconds(MINUTE, 10 * YEAR, DAY).describe(
      'Lifetime of a certificate authority',
    ),
    svidTtlSeconds: seconds(10, 7 * DAY, 3_600).describe(
      'Lifetime of an X.509-SVID whose entry says none',
    ),
    keyType: z.enum(['P-256', 'P-384']).default('P-256').describe('Of the authority'),
  })
  .superRefine(checkLifetimes);

const JwtConfig = z
  .strictObject({
    authorityTtlSeconds: seconds(MINUTE, YEAR, DAY).describe('Lifetime of a key'),
    svidTtlSeconds: seconds(10, DAY, 5 * MINUTE).describe(
      'Lifetime of a JWT-SVID whose entry says none',
    ),
    algorithm: z
      .enum(['ES256', 'ES384', 'RS256'])
      .default('ES256')
      .describe('`RS256` where a cloud takes nothing else'),
    issuer: z
      .url({ protocol: /^https$/ })
      .max(2_048)
      .refine((url) => !/[?#]|\/$/.test(url), 'no query, no fragment and no slash at its end')
      .optional()
      .describe('`iss` of JWT-SVIDs: where OpenID Connect discovery is served'),
  })
  .superRefine(checkLifetimes);

const SelfSigned = z.strictObject({
  kind: z.literal('none').describe('Each authority signs its own certificate, and is a root'),
});
const Disk = z.strictObject({
  kind: z.literal('disk').describe('An authority whose certificate and key are in files'),
  certificateFile: z
    .string()
    .min(1)
    .describe('PEM: its certificate, then those up to its root, if it is none'),
  keyFile: z.string().min(1).describe('PEM: its private key'),
  rootsFile: z.string().min(1).optional().describe('PEM: its root, where the chain lacks it'),
});
const OpenBao = z.strictObject({
  kind: z.literal('openbao').describe('The PKI engine of OpenBao or Vault'),
  url: z
    .url({ protocol: /^https?$/ })
    .refine(isTlsOrLoopback, 'must be https, unless it is on this machine')
    .describe('Such as `https://bao.example.org:8200`'),
  mount: z
    .string()
    .regex(/^[\w.-]+(\/[\w.-]+)*$/)
    .refine((path) => !path.split('/').some((part) => /^\.+$/.test(part)), 'must not have `..`')
    .max(200)
    .default('pki')
    .describe('Where the engine is mounted'),
  issuer: z
    .string()
    .regex(/^[\w.-]+$/)
    .max(200)
    .optional()
    .describe('Name of the issuer, where the mount has several'),
  namespace: z
    .string()
    .regex(/^[\w./-]+$/)
    .max(200)
    .optional()
    .describe('Namespace of the mount'),
  tokenFile: z.string().min(1).describe('Read anew each time, so that an agent may renew it'),
  caFile: z.string().min(1).optional().describe("PEM to trust in place of the system's"),
  timeoutSeconds: seconds(1, MINUTE, 10).describe('Longest that an answer may take'),
});

/** Where the certificates of authorities come from. */
export const UpstreamConfig = z.discriminatedUnion('kind', [SelfSigned, Disk, OpenBao]);
export type UpstreamConfig = z.infer<typeof UpstreamConfig>;
export type DiskConfig = z.infer<typeof Disk>;
export type OpenBaoConfig = z.infer<typeof OpenBao>;

/** What signs SVIDs, and for how long. The defaults are SPIRE's. */
export const AuthorityConfig = z
  .strictObject({
    x509: X509Config.prefault({}),
    jwt: JwtConfig.prefault({}),
    refreshHintSeconds: seconds(1, DAY, 5 * MINUTE).describe(
      'How often those that fetch the bundle should; a key is in it so long before it signs',
    ),
    skewSeconds: seconds(0, 10 * MINUTE, MINUTE).describe('How far clocks may be apart'),
    taintedReissueSeconds: seconds(0, 3_600, 30).describe(
      'How long workloads have to fetch anew before a compromised key leaves the bundle',
    ),
    keys: z
      .array(SecretReference)
      .min(1)
      .max(8)
      .optional()
      .describe(
        'What private keys are encrypted with; the first encrypts, all decrypt. Else a file in the data folder',
      ),
    upstream: UpstreamConfig.prefault({ kind: 'none' }),
  })
  .superRefine((config, context) => {
    for (const kind of ['x509', 'jwt'] as const) checkWindow(config, kind, context);
  });
export type AuthorityConfig = z.infer<typeof AuthorityConfig>;

interface Lifetimes {
  readonly authorityTtlSeconds: number;
  readonly svidTtlSeconds: number;
}

/** An SVID that is longer than what is left when its authority's successor signs would be cut. */
function checkLifetimes(
  { authorityTtlSeconds, svidTtlSeconds }: Lifetimes,
  context: z.RefinementCtx,
): void {
  const longest = Math.floor(activateBefore(authorityTtlSeconds * 1_000) / 1_000);
  if (svidTtlSeconds <= longest) return;
  context.addIssue({
    code: 'custom',
    path: ['svidTtlSeconds'],
    message: `must be at most ${longest}: a sixth of authorityTtlSeconds, and 7 days`,
  });
}

/** Between being made and signing, an authority must be able to be in the bundle for long enough. */
function checkWindow(
  config: {
    readonly refreshHintSeconds: number;
    readonly skewSeconds: number;
    readonly x509: Lifetimes;
    readonly jwt: Lifetimes;
  },
  kind: 'x509' | 'jwt',
  context: z.RefinementCtx,
): void {
  const lifetime = config[kind].authorityTtlSeconds * 1_000;
  const window = Math.floor((prepareBefore(lifetime) - activateBefore(lifetime)) / 1_000);
  const ahead = config.refreshHintSeconds + config.skewSeconds;
  if (ahead * 2 <= window) return;
  context.addIssue({
    code: 'custom',
    path: [kind, 'authorityTtlSeconds'],
    message:
      `leaves ${window} s to make and publish a successor, and needs ${ahead * 2}: ` +
      'twice refreshHintSeconds and skewSeconds together',
  });
}
