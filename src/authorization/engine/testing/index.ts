export { arbitraryPolicy, arbitraryQuestion, arbitraryTemplate } from './arbitrary.ts';
export { arbitraryGuardrails, type SampleGuardrail, sampleJudge } from './judge.ts';
export { rulesFor } from './naive-rules.ts';
export { decideByReference } from './reference.ts';
