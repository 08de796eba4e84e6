import Database from 'better-sqlite3';
import { openStore } from '../../../src/store/index.js';

/**
 * A process of its own that migrates a database of schema 1, and is killed in the middle: when the function that keys observations is called for the row
 * named, with all that was done before uncommitted.
 *
 * Arguments: path, row (from 1), folder of the migrations (default: the package's own).
 */
const [path = '', row = '', migrations] = process.argv.slice(2);
type Register = (this: Database.Database, name: string, work: (value: unknown) => unknown) => Database.Database;
const { function: register } = Database.prototype as unknown as { function: Register };
let called = 0;
Database.prototype.function = function (this: Database.Database, name: string, work: (value: unknown) => unknown) {
  return register.call(this, name, (value) => {
    called++;
    if (called === Number(row)) process.kill(process.pid, 'SIGKILL');
    return work(value);
  });
} as typeof Database.prototype.function;
await openStore(path, { create: false, ...(migrations === undefined ? {} : { migrations }) });
process.stdout.write('not killed\n');
