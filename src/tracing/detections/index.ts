/** What is looked for in single requests, and who looks. */
export type { Detection, Saw } from './detection.ts';
export { Detector, type DetectorParts, type DetectorState } from './detector.ts';
export { unusualOf } from './gate.ts';
export { DetectionSettings } from './settings.ts';
export type { Participant, Subject } from './subject.ts';
export { SubjectMaker } from './subject-maker.ts';
export { DETECTIONS } from './table.ts';
export { UNUSUAL } from './unusual.ts';
export type { ShownSign, Verdict } from './verdicts.ts';
export { rarity } from './weights.ts';
