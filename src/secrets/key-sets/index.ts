export { jwksOf, keysAt, publicKeyOf, toJwk } from './jwks.ts';
export { KeySets, type KeySetsParts } from './key-sets.ts';
export {
  type Jwks,
  KeySet,
  PublicKey,
  type PublishedKey,
  SIGNATURE_ALGORITHMS,
} from './model.ts';
