/** OPA in front of Reeve, and Reeve in OPA's place: signed bundles, and the data API. */

export { type OpaBundle, packBundle } from './bundle.ts';
export { type BundleAnswer, BundleFeed, type BundleRequest } from './bundle-feed.ts';
export {
  answerData,
  type DataAnswer,
  type DataApiPorts,
  type DataRequest,
  decisionDocument,
} from './data-api.ts';
export { questionOf } from './question.ts';
export type { BundleFile, BundleSigner } from './signatures.ts';
