export { answer, type JudgedParts, QUESTIONS } from './answers.ts';
export { CONTROLS, type Control } from './controls.ts';
export { compareFindings } from './findings.ts';
export { DEFAULT_ACTIVE_DAYS, type JudgeOptions, judge, judgeParts } from './judge.ts';
