/** The identities of one machine: where they come from, and how they are handed out. */
export { type Asked, AuthoritySupply, type AuthoritySupplyParts } from './authority-supply.ts';
export { type CallingWorkload, forCallingWorkload } from './callers.ts';
export { type HostParts, type HostStatus, IdentityHost } from './host.ts';
export { type MatchQuery, matchWorkload } from './match.ts';
export { type OwnIdentity, type OwnNames, OwnSvid, SERVER_PATH } from './own-svid.ts';
export { Refusals, type ToldRefusal } from './refusals.ts';
export type {
  IdentitySupply,
  JwtWish,
  SuppliedJwt,
  SuppliedX509,
  SupplyChange,
  X509Wish,
} from './supply.ts';
