/** Bounds on a token. */
export interface JwtLimits {
  /** Of the whole token. */
  readonly maxLength: number;
  /** Collections inside one another in header or claims. */
  readonly maxDepth: number;
  readonly maxKeyIdLength: number;
  readonly maxAudiences: number;
  readonly maxAudienceLength: number;
}

export const DEFAULT_JWT_LIMITS: JwtLimits = {
  maxLength: 16_384,
  maxDepth: 16,
  maxKeyIdLength: 256,
  maxAudiences: 64,
  maxAudienceLength: 2_048,
};
