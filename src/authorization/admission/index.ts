/** What a cluster asks before it takes an object. */
export { AdmissionConfig } from './config/index.ts';
export { objectToJudge } from './controlled.ts';
export { ADMISSION_KINDS, type AdmissionKind, kindOf } from './kinds.ts';
export { WEBHOOK_ID, WEBHOOK_NAME, type WebhookManifest, webhookManifests } from './manifests.ts';
export {
  MAX_REVIEW_DEPTH,
  type Operation,
  type Review,
  type ReviewedChange,
  readReview,
  toAdmissionAnswer,
} from './review.ts';
export { exemption } from './scope.ts';
export { standingViolations } from './standing.ts';
export {
  EXEMPT,
  type Judgement,
  type Unjudged,
  unjudged,
  type Verdict,
  verdictOf,
} from './verdict.ts';
