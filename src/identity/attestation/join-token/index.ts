export { DocumentJoinTokenStore } from './in-documents.ts';
export { attestJoin, type JoinEvidence, type JoinTokenStore } from './store.ts';
export {
  JOIN_TOKEN_PREFIX,
  type JoinFacts,
  type JoinToken,
  type JoinTokenMaker,
  type JoinTokenUse,
  joinTokenId,
  makeJoinToken,
  redeemJoinToken,
} from './token.ts';
