import { z } from 'zod';
import { isLoopback } from '../../../base/loopback.ts';
import { PasswordRules } from '../password.ts';

const seconds = (most: number, fallback: number) => z.int().min(1).max(most).default(fallback);

/** Judges an address; what is none is told of already. */
const where = (isRight: (url: URL) => boolean) => (text: string) => {
  const url = URL.parse(text);
  return url === null || isRight(url);
};

/** An address that values may be sent to: over TLS, or not beyond this machine. */
const address = z
  .url({ protocol: /^https?$/ })
  .max(2_048)
  .refine(
    where(({ protocol, hostname }) => protocol === 'https:' || isLoopback(hostname)),
    'must be https, unless it is on this machine',
  )
  .refine(
    where(({ username, password, hash }) => username + password + hash === ''),
    'must have neither a user nor a fragment',
  );

/** Which receivers there are: a part of the server's configuration. */
export const WebhookReceivers = z
  .array(
    address.refine(
      where(({ pathname, search }) => pathname + search === '/'),
      'must have no path',
    ),
  )
  .max(200)
  .default([])
  .describe(
    'Origins that plans may name, such as `https://rotate.example.org`; nothing else is called',
  );
export type WebhookReceivers = z.infer<typeof WebhookReceivers>;

/** Steps that a receiver may take, or leave to Reeve. */
export const OPTIONAL_STEPS = ['make', 'undo', 'finish', 'inspect'] as const;

export const WebhookRotation = z.strictObject({
  url: address.describe('Where each step is posted to'),
  steps: z
    .array(z.enum(OPTIONAL_STEPS))
    .max(OPTIONAL_STEPS.length)
    .default([])
    .describe('Those that the receiver takes beside `set`, `test`, `revoke` and `is-refused`'),
  members: z
    .record(z.string().regex(/^[A-Za-z][\w-]{0,63}$/), z.string().max(1_000))
    .refine((members) => Object.keys(members).length <= 32, 'has more than 32 members')
    .refine((members) => !Object.hasOwn(members, 'value'), '`value` is drawn')
    .default({})
    .describe('What each value has beside `value`, such as a user; nothing that is secret'),
  password: PasswordRules.prefault({}),
  settleSeconds: z
    .int()
    .min(0)
    .max(86_400)
    .default(0)
    .describe('How long the target needs after `set`, until the value is taken everywhere'),
  requestSeconds: seconds(600, 10).describe('Longest that one step may take'),
  tls: z
    .enum(['verified', 'unverified'])
    .default('verified')
    .describe('`unverified`: values are encrypted, and sent to whoever answers'),
  caFile: z.string().optional().describe('PEM file of who signs the certificate of the receiver'),
  serverName: z
    .string()
    .max(253)
    .optional()
    .describe('Name in the certificate, where not that of `url`'),
});
export type WebhookRotation = z.infer<typeof WebhookRotation>;
