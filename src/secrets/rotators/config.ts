import { z } from 'zod';
import { PasswordRules } from './password.ts';

/** Text that a server can take as a name: without control characters, which no name has by intention. */
export const nameOf = (most: number) =>
  z
    .string()
    .min(1)
    .max(most)
    .regex(/^[^\p{Cc}\p{Cs}]+$/u, 'without control characters');

const seconds = (most: number, fallback: number) => z.int().min(1).max(most).default(fallback);

export const Host = z.string().min(1).max(253);
export const Port = z.int().min(1).max(65_535);

/** How a server proves itself. */
export const tlsShape = {
  tls: z
    .enum(['verified', 'unverified', 'off'])
    .optional()
    .describe(
      '`verified`: the certificate must prove the host, which is so where nothing is said, save for loopback. ' +
        '`unverified`: encrypted, to whoever answers. `off`: the password of the administrator can be read on the way',
    ),
  caFile: z.string().optional().describe('PEM file of who signs the certificate of the server'),
  serverName: z.string().max(253).optional().describe('Name in the certificate, where not `host`'),
};

/** What the configuration of every server that people log in to has. */
export const connectionShape = {
  host: Host.describe('Name or address of the server, as consumers know it'),
  connectSeconds: seconds(60, 5).describe('Longest that connecting and logging in may take'),
  requestSeconds: seconds(600, 10).describe('Longest that one statement, or request, may take'),
  ...tlsShape,
  password: PasswordRules.prefault({}),
};

/** Which accounts take part. */
export const turns = (name: z.ZodString) =>
  z.discriminatedUnion('strategy', [
    z.strictObject({
      strategy: z.literal('single').describe('The password of one account is changed'),
      user: name.describe('Its name'),
    }),
    z.strictObject({
      strategy: z.literal('alternating').describe('Two accounts take turns'),
      users: z
        .tuple([name, name])
        .refine(([one, two]) => one !== two, 'the two are the same')
        .describe('Their names: ["orders_a", "orders_b"]'),
      previous: z
        .enum(['keep', 'lock'])
        .default('keep')
        .describe(
          'What becomes of the account before, after the overlap: it works until its next turn, or it may not log in',
        ),
    }),
  ]);

/** Who takes part, as a plan says it. */
export interface Turns {
  readonly accounts:
    | { readonly strategy: 'single'; readonly user: string }
    | {
        readonly strategy: 'alternating';
        readonly users: readonly [string, string];
        readonly previous: 'keep' | 'lock';
      };
}

/** The accounts of a plan. */
export function usersOf({ accounts }: Turns): readonly string[] {
  return accounts.strategy === 'single' ? [accounts.user] : accounts.users;
}
