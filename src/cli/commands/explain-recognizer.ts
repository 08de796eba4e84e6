import type { Recognizer } from '../../recognize/index.js';
import { type DatabaseChoice, readLabels } from '../label-source.js';
import { recognizerAmong } from '../recognizer.js';
import { say } from '../say.js';

/**
 * Recognises among the labels of the database, or of the package where there is none.
 *
 * @throws UsageError where the database that was asked for is not there; SensorError where it cannot be read
 */
export async function recognizerFor(database: DatabaseChoice): Promise<Recognizer> {
  const labels = await readLabels(
    database,
    (error) => say(`${error.message}; names come from the labels of the package`),
    'references',
  );
  return recognizerAmong(labels);
}
