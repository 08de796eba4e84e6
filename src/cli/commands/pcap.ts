import { SensorError } from '../../errors.js';
import type { LabelRow, Observation, ObservationRow } from '../../model/index.js';
import { CaptureRun, type CaptureStats, type Rejection } from '../../observe/index.js';
import { closingLine } from '../closing.js';
import { prepareForRows } from '../engine.js';
import { EXIT, type ExitCode } from '../exit-codes.js';
import { Interrupt } from '../interrupt.js';
import type { JobPool, JobSettings } from '../jobs/index.js';
import { type Plan, planJobs } from '../jobs/plan.js';
import { labelFinder, openForRecording, readLabels } from '../label-source.js';
import { observationRow } from '../observation-row.js';
import { Output, OutputClosed } from '../output.js';
import { type Progress, progressBar } from '../progress.js';
import { Recorder } from '../recorder.js';
import { rejectedLog } from '../rejected-log.js';
import { RetentionKeeper } from '../retention.js';
import { say, writeError } from '../say.js';
import { addStats } from '../stats.js';
import { errorTakesBar } from '../terminal.js';
import type { PcapOptions } from './pcap-options.js';
import { needsLabels, rowsMadeApart, type Sink, sinkFor } from './pcap-sink.js';

/** Rows written with one system call: their text fits the output's buffer, which then never grows. */
const ROWS_AT_ONCE = 128;

/** Where in the file; nothing where it is about the file as a whole: missing, empty, a folder. */
function place({ code, field, offset }: SensorError): string {
  return offset === 0 && (field === 'file' || code === 'read_failed') ? '' : ` at byte ${offset}`;
}

/**
 * Reads captures and prints their hellos.
 *
 * @returns the exit code; every message has been printed
 * @throws UsageError, OutputClosed, and SensorError where the output or the database cannot be written
 */
export async function pcap(files: readonly string[], options: PcapOptions): Promise<ExitCode> {
  return new PcapRun(options).all(files);
}

class PcapRun {
  readonly #options: PcapOptions;
  readonly #output = new Output();
  readonly #interrupt = new Interrupt();
  readonly #stats: CaptureStats[] = [];
  #sink: Sink | null = null;
  #recorder: Recorder<ObservationRow> | null = null;
  #onRejected: ((rejection: Rejection) => void) | null = null;
  #pool: JobPool | null = null;
  /** The file whose rows are being printed, and its bar. */
  #turn = -1;
  #progress: Progress | null = null;
  #failed = false;

  constructor(options: PcapOptions) {
    this.#options = options;
  }

  async all(files: readonly string[]): Promise<ExitCode> {
    const { record, database, openssl, verbose, stats } = this.#options;
    const store = record ? await openForRecording(database) : null;
    const recorder =
      store === null ? null : new Recorder((rows: readonly ObservationRow[]) => store.observations.record(rows));
    const keeper = store !== null && this.#options.prune ? new RetentionKeeper(store, stats ? () => {} : say) : null;
    this.#recorder = recorder;
    try {
      const plan = planJobs(files, this.#options.jobs);
      // Threads start while labels are read.
      if (plan.threads > 0) this.#pool = await this.#startPool(plan);
      const labels = needsLabels(this.#options) ? (store?.labels.all() ?? (await this.#readLabels())) : null;
      const sink = await sinkFor(this.#options, labels === null ? () => [] : await labelFinder(labels, openssl));
      this.#sink = sink;
      prepareForRows();
      if (verbose) this.#onRejected = await rejectedLog();
      this.#pool?.begin(this.#jobSettings(labels));
      this.#output.print(sink.begin());
      for (let index = 0; index < files.length; index++) {
        // After an interrupt: what threads have found in files they had begun.
        if (this.#interrupt.signal.aborted && this.#pool?.reads(index) !== true) continue;
        await this.#one(index, files[index]!);
      }
      this.#output.print(await sink.end());
      await this.#output.flush();
      recorder?.flush();
      const total = addStats(this.#stats);
      if (stats) writeError(`${JSON.stringify(total)}\n`);
      else say(closingLine(total));
      if (recorder !== null && !stats) {
        const { added, known } = recorder.counts;
        say(`recorded ${added} in ${database.path}${known > 0 ? `, ${known} were there already` : ''}`);
      }
      await keeper?.finish();
    } catch (error) {
      // Who reads the rows has had enough of them; those printed are recorded all the same.
      if (error instanceof OutputClosed) recorder?.flush();
      throw error;
    } finally {
      this.#interrupt.release();
      keeper?.stop();
      await this.#pool?.close();
      store?.close();
    }
    if (this.#interrupt.code !== null) return this.#interrupt.code;
    return this.#failed ? EXIT.failed : EXIT.done;
  }

  #readLabels(): Promise<readonly LabelRow[]> {
    return readLabels(this.#options.database, (error) => {
      this.#failed = true;
      say(`${error.message}; names come from the labels of the package`);
    });
  }

  async #startPool({ files, threads }: Plan): Promise<JobPool> {
    const { JobPool } = await import('../jobs/index.js');
    const pool = new JobPool(files, threads, (index, read, total) => {
      if (index === this.#turn) this.#progress?.update(read, total);
    });
    this.#interrupt.signal.addEventListener('abort', () => pool.stop(), { once: true });
    return pool;
  }

  #jobSettings(labels: readonly LabelRow[] | null): JobSettings {
    const { format, fields, openssl, server, verbose } = this.#options;
    const names = fields?.map((field) => field.name) ?? null;
    const text = rowsMadeApart(this.#options) ? { format, fields: names, labels } : null;
    return { openssl, server, text, rejections: verbose, progress: errorTakesBar() };
  }

  async #one(index: number, file: string): Promise<void> {
    const pool = this.#pool?.reads(index) ? this.#pool : null;
    this.#turn = index;
    this.#progress =
      errorTakesBar() && file !== '-' ? await progressBar(file, pool?.since(index) ?? performance.now()) : null;
    try {
      await (pool === null ? this.#readHere(file) : this.#takeOver(pool, index, file));
    } catch (error) {
      // What the capture is to blame for; what the output or the database is to blame for ends the command.
      if (!(error instanceof SensorError) || error.field === 'output' || error.field === 'database') throw error;
      this.#failed = true;
      // In order, where both go to the same place.
      await this.#output.flush();
      this.#progress?.clear();
      say(`${file === '-' ? 'standard input' : file}: ${error.message}${place(error)}`);
    } finally {
      this.#progress?.stop();
    }
  }

  /** Reads the file in this thread. */
  async #readHere(file: string): Promise<void> {
    // process.stdin waits for a pipe in the event loop: a read that blocks a thread would keep the process from ending at SIGINT.
    const run = new CaptureRun(file === '-' ? process.stdin : file, {
      name: file,
      openssl: this.#options.openssl,
      server: this.#options.server,
      signal: this.#interrupt.signal,
      ...(this.#progress === null ? {} : { onProgress: this.#progress.update }),
      ...(this.#onRejected === null ? {} : { onRejected: this.#onRejected }),
    });
    this.#stats.push(run.stats);
    for await (const batch of run.batches()) await this.#take(batch);
  }

  /** Does with what another thread makes of the file as if it had been read here. */
  async #takeOver(pool: JobPool, index: number, file: string): Promise<void> {
    const { errorOf, unpack } = await import('../jobs/index.js');
    let adopted = false;
    for await (const part of pool.parts(index)) {
      switch (part.type) {
        case 'text':
          this.#progress?.clear();
          if (!adopted) this.#output.print(this.#sink!.adopt());
          adopted = true;
          this.#output.printBytes(part.text);
          await this.#output.flush();
          break;
        case 'observations':
          await this.#take(unpack(part.parcel, file, this.#options.openssl));
          break;
        case 'rejection':
          this.#onRejected?.({ ...part.rejection, error: errorOf(part.rejection.error) });
          break;
        case 'end':
          this.#stats.push(part.stats);
          if (part.error !== null) throw errorOf(part.error);
      }
    }
  }

  /** Rows leave as their hello completes: a capture may still be being written. */
  async #take(batch: readonly Observation[]): Promise<void> {
    this.#progress?.clear();
    for (let at = 0; at < batch.length; at += ROWS_AT_ONCE) {
      this.#sink!.take(batch.slice(at, at + ROWS_AT_ONCE), this.#output.print);
      await this.#output.flush();
    }
    this.#recorder?.add(batch.map((observation) => observationRow(observation, this.#options.openssl)));
  }
}
