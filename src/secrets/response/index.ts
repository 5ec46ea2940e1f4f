export { type Match, readKeys, readReport, verdictOf } from './github.ts';
export {
  type Issued,
  type IssuedToken,
  Leaks,
  type LeaksParts,
  type LeakView,
  type Reported,
} from './leaks.ts';
export { Leak, LeakItem, type LeakStanding, type LeakState } from './model.ts';
export { type LeakMoment, timelineOf } from './timeline.ts';
