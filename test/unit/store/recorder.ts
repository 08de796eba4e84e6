import { openStore } from '../../../src/store/index.js';
import { label, observations } from './rows.js';

/**
 * A process of its own that opens a database, seeds a label and records batches of observations. It writes one line for every batch that `record` returned
 * from: the number of rows acknowledged so far.
 *
 * Arguments: path, first row, rows in a batch, batches (0: until it is killed).
 */
const [path = '', from = '', size = '', batches = ''] = process.argv.slice(2);
const store = await openStore(path, { create: true, busyTimeoutMs: 60_000 });
store.labels.seed([label()]);
let added = 0;
let acknowledged = 0;
for (let batch = 0; Number(batches) === 0 || batch < Number(batches); batch++) {
  added += store.observations.record(observations(Number(from) + acknowledged, Number(size))).added;
  acknowledged += Number(size);
  process.stdout.write(`${acknowledged}\n`);
}
store.close();
process.stdout.write(`added ${added}\n`);
