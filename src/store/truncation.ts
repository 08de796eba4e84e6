import { closeSync, openSync, readSync, statSync } from 'node:fs';
import { Reader } from '../bytes/reader.js';
import { storeError } from './errors.js';

/** https://www.sqlite.org/fileformat.html#the_database_header */
const HEADER_BYTES = 100;
const SMALLEST_PAGE = 512;
const MAGIC = 'SQLite format 3\0';

/**
 * Refuses a file that is shorter than its own header says. SQLite itself notices a page that is missing as a whole, but reads the missing end of a last page
 * as zeros; and it takes a file shorter than the smallest page for an empty one, which it would write over.
 *
 * @throws SensorError `database_damaged`; what the file system says, as it is
 */
export function refuseTruncated(file: string): void {
  const { size } = statSync(file);
  if (size === 0) return;
  if (size < SMALLEST_PAGE) throw storeError('database_damaged', file, 'it is damaged, or no SQLite database');
  const announced = announcedSize(file);
  // While there is a write-ahead log the file may be in the middle of growing. The log is looked for after the header was read and before the size is: if it
  // is gone by then, all that the header speaks of has reached the file.
  if (announced === null || statSync(`${file}-wal`, { throwIfNoEntry: false }) !== undefined) return;
  const there = statSync(file).size;
  if (there < announced) {
    throw storeError('database_damaged', file, `it is cut off: ${there} bytes of ${announced} are there`);
  }
}

/** Page size times page count, in bytes; null where the header has no valid count, or is none. */
function announcedSize(file: string): number | null {
  const header = new Uint8Array(HEADER_BYTES);
  const handle = openSync(file, 'r');
  try {
    readSync(handle, header, 0, HEADER_BYTES, 0);
  } finally {
    closeSync(handle);
  }
  const reader = new Reader(header);
  if (Buffer.from(reader.bytes(16, 'magic')).toString('latin1') !== MAGIC) return null;
  const pageSize = reader.u16('page_size');
  reader.skip(6, 'format_versions_and_fractions');
  const changes = reader.u32('file_change_counter');
  const pages = reader.u32('database_size');
  reader.skip(60, 'rest_of_header');
  // The count is valid if it was written with the last change (section 1.3.7).
  if (reader.u32('version_valid_for') !== changes) return null;
  // 1 stands for 65,536, which two bytes cannot hold (section 1.3.2).
  return pages * (pageSize === 1 ? 65_536 : pageSize);
}
