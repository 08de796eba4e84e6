import { Importer, type ImportOptions } from './importer.js';
import type { Import, ImportedRow, ImportFormat, ImportStream } from './types.js';

/** Text, bytes, or pieces of them, cut anywhere. */
export type ListSource = string | Uint8Array | Iterable<string | Uint8Array>;

const bytesOf = (piece: string | Uint8Array): Uint8Array =>
  typeof piece === 'string' ? Buffer.from(piece, 'utf8') : piece;

/** Rows of a large piece are handed on in parts: there may be millions. */
const PART_BYTES = 65_536;

function* parts(source: ListSource): Generator<Uint8Array> {
  const pieces = typeof source === 'string' || source instanceof Uint8Array ? [source] : source;
  for (const piece of pieces) {
    const bytes = bytesOf(piece);
    for (let at = 0; at < bytes.length; at += PART_BYTES) yield bytes.subarray(at, at + PART_BYTES);
  }
}

/**
 * Opens a list: reads as much as tells its format, and the rest as its rows are gone through.
 *
 * @throws SensorError `list_empty`, `list_unknown`, `list_packed`; while its rows are gone through `list_cut`, `list_not_utf8`
 */
export function openImport(source: ListSource, options: ImportOptions = {}): Import {
  const importer = new Importer(options);
  const pieces = parts(source);
  const first: ImportedRow[] = [];
  let ended = false;
  while (importer.format === null && !ended) {
    const next = pieces.next();
    ended = next.done === true;
    append(first, ended ? importer.end() : importer.push(next.value!));
  }
  const format: ImportFormat = importer.format!;
  function* rows(): Generator<ImportedRow> {
    yield* first.splice(0);
    if (ended) return;
    for (const piece of pieces) yield* importer.push(piece);
    ended = true;
    yield* importer.end();
  }
  return {
    format,
    rows: rows(),
    get passedOver() {
      return importer.passedOver;
    },
  };
}

/**
 * The same for bytes that come in their own time, such as standard input.
 *
 * @throws SensorError as {@link openImport}; what the source throws, as it is
 */
export async function openImportStream(
  source: AsyncIterable<Uint8Array>,
  options: ImportOptions = {},
): Promise<ImportStream> {
  const importer = new Importer(options);
  const pieces = source[Symbol.asyncIterator]();
  const first: ImportedRow[] = [];
  let ended = false;
  try {
    while (importer.format === null && !ended) {
      const next = await pieces.next();
      ended = next.done === true;
      append(first, next.done === true ? importer.end() : importer.push(next.value));
    }
  } catch (error) {
    await pieces.return?.();
    throw error;
  }
  const format: ImportFormat = importer.format!;
  async function* rows(): AsyncGenerator<ImportedRow> {
    try {
      yield* first.splice(0);
      while (!ended) {
        const next = await pieces.next();
        ended = next.done === true;
        yield* next.done === true ? importer.end() : importer.push(next.value);
      }
    } finally {
      if (!ended) await pieces.return?.();
    }
  }
  return {
    format,
    rows: rows(),
    get passedOver() {
      return importer.passedOver;
    },
  };
}

function append(rows: ImportedRow[], more: readonly ImportedRow[]): void {
  for (const row of more) rows.push(row);
}
