import { SensorError } from '../../errors.js';
import type { Observation } from '../../model/index.js';
import { CaptureRun, type CaptureStats } from '../../observe/index.js';
import { formats, type LabelsOf, type Print, Summary, summaryFormats } from '../../report/index.js';
import { closingLine } from '../closing.js';
import { EXIT, type ExitCode } from '../exit-codes.js';
import { Interrupt } from '../interrupt.js';
import { labelFinder, openForRecording, readLabels } from '../label-source.js';
import { Output, OutputClosed } from '../output.js';
import { progressBar } from '../progress.js';
import { Recorder } from '../recorder.js';
import { rejectedLog } from '../rejected-log.js';
import { say, writeError } from '../say.js';
import { addStats } from '../stats.js';
import { errorTakesBar, terminalPaint, terminalWidth } from '../terminal.js';
import { keepYoungGenerationSmall } from '../young-generation.js';
import type { PcapOptions } from './pcap-options.js';

/** Where the observations of all files go, and the text that comes of them. */
interface Sink {
  begin(): string;
  take(batch: readonly Observation[], print: Print): void;
  end(): Promise<string>;
}

async function sinkFor(options: PcapOptions, labelsOf: LabelsOf): Promise<Sink> {
  const width = terminalWidth();
  const paint = await terminalPaint();
  const look = { ...(width === undefined ? {} : { width }), ...(paint === undefined ? {} : { paint }) };
  if (options.summary) {
    const summary = new Summary(labelsOf);
    const print = summaryFormats.get(options.format)!;
    return {
      begin: () => '',
      take: (batch) => {
        for (const observation of batch) summary.add(observation);
      },
      end: () => print(summary.groups(), look),
    };
  }
  const create = await formats.get(options.format)!.load();
  const { fields, server } = options;
  const writer = create({ labelsOf, server, ...(fields === null ? {} : { fields }), ...look });
  return {
    begin: () => writer.begin(),
    take: (batch, print) => writer.rows(batch, print),
    end: async () => writer.end(),
  };
}

/** Rows written with one system call: their text fits the output's buffer, which then never grows. */
const ROWS_AT_ONCE = 128;

/** Where in the file; nothing where it is about the file as a whole: missing, empty, a folder. */
function place({ code, field, offset }: SensorError): string {
  return offset === 0 && (field === 'file' || code === 'read_failed') ? '' : ` at byte ${offset}`;
}

/** Neither format has a place for labels, and a chosen list may do without them: then none are loaded. */
function needsLabels({ format, fields, summary }: PcapOptions): boolean {
  if (summary) return true;
  if (!formats.get(format)!.choosable) return false;
  return fields === null || fields.some((field) => field.name === 'labels');
}

/**
 * Reads captures and prints their hellos.
 *
 * @returns the exit code; every message has been printed
 * @throws UsageError, OutputClosed, and SensorError where the output or the database cannot be written
 */
export async function pcap(files: readonly string[], options: PcapOptions): Promise<ExitCode> {
  keepYoungGenerationSmall();
  return new PcapRun(options).all(files);
}

class PcapRun {
  readonly #options: PcapOptions;
  readonly #output = new Output();
  readonly #interrupt = new Interrupt();
  readonly #stats: CaptureStats[] = [];
  #failed = false;

  constructor(options: PcapOptions) {
    this.#options = options;
  }

  async all(files: readonly string[]): Promise<ExitCode> {
    const { record, database, openssl, verbose, stats } = this.#options;
    const store = record ? await openForRecording(database) : null;
    const recorder = store === null ? null : new Recorder(store, openssl);
    try {
      const sink = await sinkFor(this.#options, await this.#labelsOf(store?.labels.all()));
      const onRejected = verbose ? await rejectedLog() : undefined;
      this.#output.print(sink.begin());
      for (const file of files) {
        await this.#one(file, sink, recorder, onRejected);
        if (this.#interrupt.signal.aborted) break;
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
    } catch (error) {
      // Who reads the rows has had enough of them; those printed are recorded all the same.
      if (error instanceof OutputClosed) recorder?.flush();
      throw error;
    } finally {
      this.#interrupt.release();
      store?.close();
    }
    if (this.#interrupt.code !== null) return this.#interrupt.code;
    return this.#failed ? EXIT.failed : EXIT.done;
  }

  async #labelsOf(ofStore: Parameters<typeof labelFinder>[0] | undefined): Promise<LabelsOf> {
    if (!needsLabels(this.#options)) return () => [];
    const { database, openssl } = this.#options;
    const labels =
      ofStore ??
      (await readLabels(database, (error) => {
        this.#failed = true;
        say(`${error.message}; names come from the labels of the package`);
      }));
    return labelFinder(labels, openssl);
  }

  async #one(
    file: string,
    sink: Sink,
    recorder: Recorder | null,
    onRejected: Awaited<ReturnType<typeof rejectedLog>> | undefined,
  ): Promise<void> {
    const progress = errorTakesBar() && file !== '-' ? await progressBar(file) : null;
    // process.stdin waits for a pipe in the event loop: a read that blocks a thread would keep the process from ending at SIGINT.
    const run = new CaptureRun(file === '-' ? process.stdin : file, {
      name: file,
      openssl: this.#options.openssl,
      server: this.#options.server,
      signal: this.#interrupt.signal,
      ...(progress === null ? {} : { onProgress: progress.update }),
      ...(onRejected === undefined ? {} : { onRejected }),
    });
    this.#stats.push(run.stats);
    try {
      for await (const batch of run.batches()) {
        progress?.clear();
        // Rows leave as their hello completes: a capture may still be being written.
        for (let at = 0; at < batch.length; at += ROWS_AT_ONCE) {
          sink.take(batch.slice(at, at + ROWS_AT_ONCE), this.#output.print);
          await this.#output.flush();
        }
        recorder?.add(batch);
      }
    } catch (error) {
      // What the capture is to blame for; what the output or the database is to blame for ends the command.
      if (!(error instanceof SensorError) || error.field === 'output' || error.field === 'database') throw error;
      this.#failed = true;
      // In order, where both go to the same place.
      await this.#output.flush();
      progress?.clear();
      say(`${file === '-' ? 'standard input' : file}: ${error.message}${place(error)}`);
    } finally {
      progress?.stop();
    }
  }
}
