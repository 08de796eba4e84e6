import { readFile } from 'node:fs/promises';
import { parseCalibration, Recognizer } from '../../recognize/index.js';
import { type DatabaseChoice, readLabels } from '../label-source.js';
import { packageRoot } from '../package-root.js';
import { say } from '../say.js';

/** How sure each rung's answers are: measured, and shipped with the package. */
const CALIBRATION = 'db/calibration/mail.json';

/**
 * Recognises among the labels of the database, or of the package where there is none.
 *
 * @throws UsageError where the database that was asked for is not there; SensorError where it cannot be read
 */
export async function recognizerFor(database: DatabaseChoice): Promise<Recognizer> {
  const labels = await readLabels(database, (error) =>
    say(`${error.message}; names come from the labels of the package`),
  );
  return new Recognizer(
    labels,
    parseCalibration(await readFile(new URL(CALIBRATION, packageRoot), 'utf8'), CALIBRATION),
  );
}
