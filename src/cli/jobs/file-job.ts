import { SensorError } from '../../errors.js';
import type { Observation } from '../../model/index.js';
import { CaptureRun, type ReadCaptureOptions } from '../../observe/index.js';
import { fieldsByName, formats, type ReportWriter } from '../../report/index.js';
import { labelFinder } from '../label-source.js';
import { TextPieces } from '../text-pieces.js';
import { PROGRESS_STEP } from './limits.js';
import { errorParts, type JobSettings } from './messages.js';
import type { Outbox } from './outbox.js';
import { pack, parcelBytes } from './parcel.js';

/** Makes the writer of one file's rows; null: rows are made in the main thread. What stands between two files' rows is the main thread's business. */
type NewWriter = (() => ReportWriter) | null;

/** Reads one file after the other and posts what comes of them. */
export class FileJobs {
  readonly #settings: JobSettings;
  readonly #outbox: Outbox;
  readonly #newWriter: NewWriter;
  readonly #pieces = new TextPieces();
  #sending: NodeJS.Immediate | null = null;

  private constructor(settings: JobSettings, outbox: Outbox, newWriter: NewWriter) {
    this.#settings = settings;
    this.#outbox = outbox;
    this.#newWriter = newWriter;
  }

  /** Loads what all files need, once. */
  static async prepare(settings: JobSettings, outbox: Outbox): Promise<FileJobs> {
    return new FileJobs(settings, outbox, await newWriter(settings));
  }

  /** Reads a file to its end, or until the signal. What is wrong with the file is posted, nothing of it thrown. */
  async read(file: string, signal: AbortSignal): Promise<void> {
    const { openssl, server, rejections } = this.#settings;
    const run = new CaptureRun(file, {
      name: file,
      openssl,
      server,
      signal,
      ...this.#progressOption(),
      ...(rejections ? { onRejected: this.#rejected } : {}),
    });
    const writer = this.#newWriter?.() ?? null;
    let failure: SensorError | null = null;
    try {
      for await (const batch of run.batches()) {
        if (writer === null) this.#sendObservations(batch);
        else {
          writer.rows(batch, this.#pieces.print);
          this.#sendText();
        }
      }
    } catch (error) {
      if (!(error instanceof SensorError)) throw error;
      failure = error;
    }
    this.#sendAllText();
    this.#outbox.post({ type: 'end', stats: run.stats, error: failure === null ? null : errorParts(failure) }, 0);
  }

  #sendObservations(batch: readonly Observation[]): void {
    const parcel = pack(batch);
    this.#outbox.post({ type: 'observations', parcel }, parcelBytes(parcel), [parcel.hellos.buffer]);
  }

  /** Sends full pieces at once, and the rest with the next turn of the event loop: where rows are few one wants to see them all the same. */
  #sendText(): void {
    for (const text of this.#pieces.takeFull()) {
      this.#outbox.post({ type: 'text', text }, text.length, [text.buffer as ArrayBuffer]);
    }
    this.#sending ??= setImmediate(() => this.#sendAllText());
  }

  #sendAllText(): void {
    if (this.#sending !== null) clearImmediate(this.#sending);
    this.#sending = null;
    const rest = this.#pieces.takeRest();
    if (rest.length === 0) return;
    const text = new Uint8Array(rest);
    this.#outbox.post({ type: 'text', text }, text.length, [text.buffer]);
  }

  /** In order with the rows: where both go to the same place one sees which came first. */
  readonly #rejected: NonNullable<ReadCaptureOptions['onRejected']> = (rejection) => {
    this.#sendAllText();
    this.#outbox.post({ type: 'rejection', rejection: { ...rejection, error: errorParts(rejection.error) } }, 0);
  };

  #progressOption(): Pick<ReadCaptureOptions, 'onProgress'> {
    if (!this.#settings.progress) return {};
    let next = PROGRESS_STEP;
    return {
      onProgress: (read: number, total: number | null): void => {
        if (read < next) return;
        next = read + PROGRESS_STEP;
        this.#outbox.progress(read, total);
      },
    };
  }
}

async function newWriter({ text, server, openssl }: JobSettings): Promise<NewWriter> {
  if (text === null) return null;
  const create = await formats.get(text.format)!.load();
  const labelsOf = text.labels === null ? () => [] : await labelFinder(text.labels, openssl);
  const fields = text.fields?.map((name) => fieldsByName.get(name)!);
  return () => create({ labelsOf, server, ...(fields === undefined ? {} : { fields }) });
}
