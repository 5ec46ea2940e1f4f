/** JWT-SVIDs: signed, and validated against the bundle of their subject's trust domain; and what any other
 *  signed token is taken apart and verified with. */
export { ALGORITHMS, flawOfKey, type JwtAlgorithm } from './algorithms.ts';
export { type CompactToken, splitToken } from './compact.ts';
export { DEFAULT_JWT_LIMITS, type JwtLimits } from './limits.ts';
export {
  createJwtIssuer,
  type IssuedJwtSvid,
  type JwtSigningKey,
  type JwtSvidRequest,
} from './sign.ts';
export { type JwtSvid, type JwtSvidValidation, validateJwtSvid } from './validate.ts';
