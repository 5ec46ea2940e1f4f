/** JWT-SVIDs: taken apart and validated. */
export { type JwtBundle, readJwtBundle } from './bundle.ts';
export { type JsonObject, MAX_TOKEN_LENGTH, refuseToken, splitToken } from './compact.ts';
export {
  type JwtValidation,
  judgeClaims,
  type ProvedJwt,
  readSubject,
  validateJwt,
} from './validate.ts';
