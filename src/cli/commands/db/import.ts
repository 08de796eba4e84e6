import { SensorError } from '../../../errors.js';
import { type ImportedRow, Importer, type RejectedRow } from '../../../lists/index.js';
import { escapeText } from '../../../report/index.js';
import type { Import, ImportResult, Store } from '../../../store/index.js';
import { EXIT, type ExitCode, UsageError } from '../../exit-codes.js';
import { openForRecording } from '../../label-source.js';
import { Output } from '../../output.js';
import { type Progress, progressBar } from '../../progress.js';
import { say } from '../../say.js';
import { errorTakesBar } from '../../terminal.js';
import { type Json, jsonOf } from './answer.js';
import { openList } from './list-input.js';
import { dbOptions, type RawDbOptions } from './options.js';
import { counted } from './text.js';

export interface RawImportOptions extends RawDbOptions {
  readonly rejected?: boolean;
  readonly source?: string;
  readonly licence?: string;
}

/** What became of the rows of one list. */
interface Tally {
  rejected: number;
  repaired: number;
  recordVersion: number;
}

/** Imports lists, each as a whole or not at all. @returns `failed` where one could not be, or has no row that can be used */
export async function importLists(files: readonly string[], raw: RawImportOptions): Promise<ExitCode> {
  const { database, json } = dbOptions(raw);
  if (files.includes('')) throw new UsageError('a file has an empty name');
  if (files.filter((file) => file === '-').length > 1) throw new UsageError('standard input (-) can be read once only');
  const run = new ImportRun(await openForRecording(database), json, raw);
  try {
    for (const file of files) await run.one(file);
    return run.failed ? EXIT.failed : EXIT.done;
  } finally {
    run.close();
  }
}

class ImportRun {
  readonly #store: Store;
  readonly #json: boolean;
  readonly #options: RawImportOptions;
  readonly #output = new Output();
  failed = false;

  constructor(store: Store, json: boolean, options: RawImportOptions) {
    this.#store = store;
    this.#json = json;
    this.#options = options;
  }

  close(): void {
    this.#store.close();
  }

  /** @throws SensorError where the database or the output cannot be written; what is wrong with the list has been told */
  async one(file: string): Promise<void> {
    const target = this.#store.startImport();
    const bar = errorTakesBar() && file !== '-' ? await progressBar(file, performance.now()) : null;
    try {
      await this.#read(file, target, bar);
    } catch (error) {
      if (!(error instanceof SensorError) || error.field !== 'list') throw error;
      this.failed = true;
      await this.#output.flush();
      bar?.clear();
      say(`${nameOf(file)}: ${error.message}; nothing of it was imported`);
    } finally {
      bar?.stop();
      target.abort();
    }
  }

  async #read(file: string, target: Import, bar: Progress | null): Promise<void> {
    const { source, licence } = this.#options;
    const importer = new Importer({
      ...(source === undefined ? {} : { source }),
      ...(licence === undefined ? {} : { licence }),
    });
    const tally: Tally = { rejected: 0, repaired: 0, recordVersion: 0 };
    const { total, chunks } = await openList(file);
    let bytesRead = 0;
    for await (const chunk of chunks) {
      this.#take(file, importer.push(chunk), target, tally);
      bytesRead += chunk.length;
      bar?.update(bytesRead, total);
      if (this.#options.rejected === true) {
        if (tally.rejected > 0) bar?.clear();
        await this.#output.flush();
      }
    }
    this.#take(file, importer.end(), target, tally);
    const result = target.commit();
    bar?.stop();
    const { name, title } = importer.format!;
    const { labels, observations } = result;
    const usable = labels.added + labels.known + observations.added + observations.known;
    this.#output.print(
      this.#json
        ? `${jsonOf(importedJson(file, name, result, tally, importer.passedOver))}\n`
        : importedText(file, title, result, tally, importer.passedOver),
    );
    await this.#output.flush();
    if (usable > 0) return;
    this.failed = true;
    say(`${nameOf(file)}: no row of it can be used${tally.rejected > 0 ? ' (--rejected tells why)' : ''}`);
  }

  #take(file: string, rows: readonly ImportedRow[], target: Import, tally: Tally): void {
    for (const row of rows) {
      if (row.type === 'rejected') {
        tally.rejected++;
        if (this.#options.rejected === true) this.#output.print(rejectedLine(file, row, this.#json));
        continue;
      }
      if (row.repair !== null) tally.repaired++;
      if (row.type === 'observation') target.observations([row.observation]);
      else {
        if (row.label.quality === 'record-version') tally.recordVersion++;
        target.labels([row.label]);
      }
    }
  }
}

function nameOf(file: string): string {
  return file === '-' ? 'standard input' : file;
}

function rejectedLine(file: string, { line, code, field, message }: RejectedRow, json: boolean): string {
  if (json) return `${jsonOf({ type: 'rejected', file, line, code, field, message })}\n`;
  return `${escapeText(`${nameOf(file)}:${line}: ${code}: ${field} ${message}`)}\n`;
}

function importedJson(
  file: string,
  format: string,
  { labels, observations }: ImportResult,
  { rejected, repaired, recordVersion }: Tally,
  passedOver: number,
): Json {
  return {
    type: 'imported',
    file,
    format,
    labels: { ...labels },
    observations: { ...observations },
    rejected,
    repaired,
    record_version: recordVersion,
    passed_over: passedOver,
  };
}

function importedText(
  file: string,
  title: string,
  { labels, observations }: ImportResult,
  { rejected, repaired, recordVersion }: Tally,
  passedOver: number,
): string {
  const stored = (kind: string, { added, known }: { added: number; known: number }): string[] =>
    added + known === 0 ? [] : [`${counted(added, `${kind} added`, `${kind}s added`)}, ${known} known already`];
  const parts = [
    ...stored('label', labels),
    ...stored('observation', observations),
    ...(repaired === 0 ? [] : [`${repaired} repaired`]),
    ...(recordVersion === 0 ? [] : [`${recordVersion} with the record's version, never matched`]),
    `${rejected} rejected`,
    ...(passedOver === 0 ? [] : [`${passedOver} passed over`]),
  ];
  return `${escapeText(nameOf(file))}: ${title}: ${parts.join(', ')}\n`;
}
