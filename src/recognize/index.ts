/** Which clients a hello may come from. */
export { type Calibration, type CalibrationRow, noCalibration, parseCalibration } from './calibration.js';
export { deviceKeyOf, deviceKeyOfHash } from './device-key.js';
export { differenceOf } from './difference.js';
export { familyNames, familyOf } from './family.js';
export { type HelloViews, type KnownLabel, LabelIndex, type SslJa3Of } from './label-index.js';
export { isSituational, listsOfString } from './lists.js';
export type { Neighbour } from './neighbours.js';
export { type AnsweringRung, GAP, MIN_SCORE, Recognizer, RUNGS, unrecognized } from './recognizer.js';
export {
  type Subject,
  subjectOfHash,
  subjectOfHello,
  subjectOfJa3String,
  subjectOfJa4,
  subjectOfSslJa3String,
  subjectOfString,
  subjectOfViews,
} from './subject.js';
