import { openStore } from '../../../src/store/index.js';
import { label, login, observations } from './rows.js';

/**
 * A process of its own that imports file after file until it is killed: each a label, 12,000 observations (more than are held back) and a login, in
 * one transaction. It writes one line for every file that `commit` returned from.
 *
 * Arguments: path, number of the first file.
 */
const [path = '', first = ''] = process.argv.slice(2);
const store = await openStore(path, { create: true, busyTimeoutMs: 60_000 });
process.stdout.write('open\n');
for (let file = Number(first); ; file++) {
  const rows = store.startImport();
  rows.labels([label({ client: `client ${file}` })]);
  rows.observations(observations(file * 12_000, 12_000));
  rows.logins([login(file)]);
  rows.commit();
  process.stdout.write(`${file}\n`);
}
