/** The smaller door: what verifies tokens needs no more, and runs on Node 20, too. */
export { type CompactToken, type JsonObject, splitToken } from './compact.ts';
export { DEFAULT_JWT_LIMITS, type JwtLimits } from './limits.ts';
export { refuseToken } from './refusal.ts';
export {
  type JwtSvid,
  type JwtSvidValidation,
  judgeClaims,
  readSubject,
  validateJwtSvid,
} from './validate.ts';
