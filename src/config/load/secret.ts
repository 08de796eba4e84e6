import { MAX_SECRET_BYTES } from '../limits.js';
import type { KeyPath } from '../problems.js';
import type { Report } from '../report.js';
import type { Files } from './files.js';

const OTHERS_MAY_READ = 0o004;

/** What stands in a file of its own, without white space at its ends. @returns null where it cannot be read, or is empty, which is told */
export function secretIn(path: string, at: KeyPath, files: Files, report: Report): string | null {
  const file = files.resolve(path);
  const read = files.once(`secret ${file}`, at, report, () => files.readFile(file, MAX_SECRET_BYTES));
  if (read === null) return null;
  const secret = read.text.trim();
  if (secret === '') report.error(at, 'there is nothing in this file');
  else if ((read.mode & OTHERS_MAY_READ) !== 0) {
    report.warning(at, `${file}: every user of this machine may read this secret; chmod o-r would stop that`);
  }
  return secret === '' ? null : secret;
}
