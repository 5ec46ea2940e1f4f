import { z } from 'zod';

/** Operations of one key that are counted apart. */
const MAX_OPERATIONS = 500;
const ServiceId = z.string().min(1).max(600);

export const ApiKeyScope = z.strictObject({
  service: ServiceId.describe('Id of the service that may be called'),
  operations: z
    .array(z.string().min(1).max(300))
    .min(1)
    .max(MAX_OPERATIONS)
    .describe('Such as `GET /orders/{id}`, as the inventory names them; `*` is every one'),
});
export type ApiKeyScope = z.infer<typeof ApiKeyScope>;

/** What a key lets its holder do, and who that is. */
export const ApiKeyGrant = z.strictObject({
  service: ServiceId.describe('Id of the service that the key stands for'),
  owner: z.string().min(1).max(256).nullable().describe('The team that answers'),
  environments: z
    .array(z.string().min(1).max(200))
    .min(1)
    .max(20)
    .describe('In which the key is taken'),
  scopes: z
    .array(ApiKeyScope)
    .min(1)
    .max(100)
    .refine((scopes) => new Set(scopes.map(({ service }) => service)).size === scopes.length, {
      error: 'names a service twice',
    })
    .refine((scopes) => scopes.reduce((sum, one) => sum + one.operations.length, 0) <= 500, {
      error: `has more than ${MAX_OPERATIONS} operations`,
    }),
  expiresAt: z.iso.datetime().nullable(),
});
export type ApiKeyGrant = z.infer<typeof ApiKeyGrant>;

/** A key as it is kept: of its text there is a hash alone. */
export const ApiKey = z.strictObject({
  /** The part of its text that names it. */
  id: z.string().regex(/^[0-9A-Za-z]{11}$/),
  /** SHA-256 of its text, in base64url. */
  hash: z.string().regex(/^[\w-]{43}$/),
  ...ApiKeyGrant.shape,
  /** Id of the secret whose value it is; absent: nothing here keeps its text. */
  secret: z.string().min(1).max(600).exactOptional(),
  createdAt: z.iso.datetime(),
  createdBy: z.string(),
  revokedAt: z.iso.datetime().nullable(),
});
export type ApiKey = z.infer<typeof ApiKey>;

/** What a key is shown for. */
export interface Asked {
  readonly environment: string;
  /** Id of the service that is called. */
  readonly service: string;
  /** `GET /orders/{id}` */
  readonly operation: string;
}

export const REFUSALS = {
  malformed: 'This is no API key of Reeve',
  unknown: 'There is no such API key',
  revoked: 'The API key is revoked',
  expired: 'The API key has expired',
  environment: 'The API key is not for this environment',
  service: 'The API key is not for this service',
  operation: 'The API key is not for this operation',
} as const;
export type Refusal = keyof typeof REFUSALS;

/** Whether a key lets its holder do what it is shown for. Whoever does not have a whole key is told no more than that
 *  there is none. */
export type Verdict =
  | {
      readonly ok: true;
      /** Names the key. */
      readonly id: string;
      /** For whom it stands. */
      readonly service: string;
      readonly owner: string | null;
      readonly scopes: readonly ApiKeyScope[];
      /** RFC 3339; null: no end. */
      readonly expiresAt: string | null;
    }
  | { readonly ok: false; readonly why: Refusal; readonly message: string };
