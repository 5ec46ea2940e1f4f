/** Whether a chain of certificates proves that a workload is who it says. */
export { type Authorities, authoritiesOf, readAuthorities } from './authorities.ts';
export type { Step } from './authority-rules.ts';
export { judgeLeaf } from './leaf.ts';
export {
  DEFAULT_CLOCK_SKEW_SECONDS,
  MAX_CHAIN,
  type SvidValidation,
  validateSvid,
  type X509Svid,
} from './validate.ts';
