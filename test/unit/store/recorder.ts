import { openStore } from '../../../src/store/index.js';
import { batch, heards } from './policy-rows.js';
import { label, observations } from './rows.js';

/** Logins that a policy heard of, for each batch. */
const HEARD = 20;

/**
 * A process of its own that opens a database, seeds a label and records batches of observations, each with some logins that a policy heard of. It writes one line for
 * every batch that is stored: the number of observations acknowledged so far.
 *
 * Arguments: path, first row, rows in a batch, batches (0: until it is killed).
 */
const [path = '', from = '', size = '', batches = ''] = process.argv.slice(2);
const store = await openStore(path, { create: true, busyTimeoutMs: 60_000 });
store.labels.seed([label()]);
let added = 0;
let acknowledged = 0;
for (let done = 0; Number(batches) === 0 || done < Number(batches); done++) {
  added += store.observations.record(observations(Number(from) + acknowledged, Number(size))).added;
  store.policy.write(batch({ heard: heards(Number(from) + acknowledged, HEARD) }));
  acknowledged += Number(size);
  process.stdout.write(`${acknowledged}\n`);
}
store.close();
process.stdout.write(`added ${added}\n`);
