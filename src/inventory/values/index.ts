/** What values of payloads say of an endpoint. */
export { classifyValues, VALUE_LIMITS, type ValueLimits } from './classify-values.ts';
export { kindNamed, VALUE_KINDS, type ValueKind } from './kinds.ts';
export { tagsInSamples, tagsOfSamples } from './reasons.ts';
export {
  PayloadSampler,
  SAMPLE_OUTCOMES,
  type SampleLimits,
  type SampleOutcome,
} from './sampler.ts';
