import { z } from 'zod';

export const SIGNATURE_ALGORITHMS = ['ES256', 'EdDSA', 'RS256'] as const;

/** The members of a public JSON Web Key that make it up, by its kind.
 *  @see RFC 7518 §6, RFC 8037 §2 */
const PublicMembers = z.union([
  z.strictObject({
    kty: z.literal('EC'),
    crv: z.literal('P-256'),
    x: z.string(),
    y: z.string(),
  }),
  z.strictObject({ kty: z.literal('OKP'), crv: z.literal('Ed25519'), x: z.string() }),
  z.strictObject({ kty: z.literal('RSA'), n: z.string().max(2_000), e: z.string().max(20) }),
]);

/** A public key, as whoever verifies tokens needs it. */
export const PublicKey = z.strictObject({
  /** RFC 7638 thumbprint. */
  kid: z.string().regex(/^[\w-]{43}$/),
  algorithm: z.enum(SIGNATURE_ALGORITHMS),
  members: PublicMembers,
});
export type PublicKey = z.infer<typeof PublicKey>;

/** The keys by which tokens of one secret are verified. No private key is in it: it is there while the vault is sealed. */
export const KeySet = z.strictObject({
  /** The secret's id. */
  id: z.string(),
  /** How long who verifies may go by what was read. */
  maxAgeSeconds: z.int().min(1),
  /** Oldest first. */
  keys: z.array(
    PublicKey.extend({
      publishedAt: z.iso.datetime(),
      /** When the last token that it signed has ended; null: it signs, or is to. */
      until: z.iso.datetime().nullable(),
    }),
  ),
});
export type KeySet = z.infer<typeof KeySet>;
export type PublishedKey = KeySet['keys'][number];

/** A key set as others read it. */
export interface Jwks {
  readonly keys: readonly Readonly<Record<string, string>>[];
}
