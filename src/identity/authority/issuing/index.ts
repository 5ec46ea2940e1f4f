/** Issuing SVIDs: the rules, and what is kept of each answer. */
export {
  type ActiveSigners,
  type IssuedJwt,
  type IssuedX509,
  Issuer,
  type JwtRequest,
  type X509Request,
} from './issuer.ts';
export {
  type Issuance,
  type IssueCount,
  type IssueCounts,
  type IssueSum,
  MAX_COUNTED_SERVICES,
  sumsAfter,
} from './outcome.ts';
