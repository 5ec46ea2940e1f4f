export { answer, QUESTIONS } from './answers.ts';
export { CONTROLS, type Control } from './controls.ts';
export { compareFindings } from './findings.ts';
export { judge } from './judge.ts';
