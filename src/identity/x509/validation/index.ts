/** Whether a chain of certificates proves that a workload is who it says. */
export {
  DEFAULT_CLOCK_SKEW_SECONDS,
  MAX_CHAIN,
  type SvidValidation,
  validateSvid,
  type X509Svid,
} from './validate.ts';
