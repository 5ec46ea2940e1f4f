export { arbitraryPolicy, arbitraryQuestion, arbitraryTemplate } from './arbitrary.ts';
export { arbitraryGuardrails, type SampleGuardrail, sampleJudge } from './judge.ts';
export { decideByReference } from './reference.ts';
