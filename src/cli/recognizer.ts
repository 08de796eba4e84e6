import { readFile } from 'node:fs/promises';
import type { LabelRow } from '../model/index.js';
import { parseCalibration, Recognizer } from '../recognize/index.js';
import { packageRoot } from './package-root.js';

/** How sure each rung's answers are: measured, and shipped with the package. */
const CALIBRATION = 'db/calibration/mail.json';

/** Recognises among these labels, with the confidence that was measured for the package. */
export async function recognizerAmong(labels: Iterable<LabelRow>): Promise<Recognizer> {
  return new Recognizer(
    labels,
    parseCalibration(await readFile(new URL(CALIBRATION, packageRoot), 'utf8'), CALIBRATION),
  );
}
