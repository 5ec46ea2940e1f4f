/** JWT-SVIDs: signed, and validated against the bundle of their subject's trust domain; and what any other
 *  signed token is taken apart and verified with. */
export { ALGORITHMS, flawOfKey, type JwtAlgorithm } from './algorithms.ts';
export {
  createJwtIssuer,
  type IssuedJwtSvid,
  type JwtSigningKey,
  type JwtSvidRequest,
} from './sign.ts';
export * from './verifier.ts';
