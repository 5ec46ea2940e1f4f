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
  addCounts,
  type Issuance,
  type IssueCount,
  type IssueCounts,
  MAX_COUNTED_SERVICES,
} from './outcome.ts';
