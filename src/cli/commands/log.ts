import { existsSync } from 'node:fs';
import { SensorError } from '../../errors.js';
import { LogReader } from '../../login/index.js';
import type { LoginEvent, RecordedLogin } from '../../model/index.js';
import { type LoginRow, LoginSummary, loginFormats, loginSummaryFormats, type Print } from '../../report/index.js';
import type { Store } from '../../store/index.js';
import { prepareForRows } from '../engine.js';
import { EXIT, type ExitCode, UsageError } from '../exit-codes.js';
import { Interrupt } from '../interrupt.js';
import { openForRecording, readLabels } from '../label-source.js';
import { Output, OutputClosed } from '../output.js';
import { progressBar } from '../progress.js';
import { Recorder } from '../recorder.js';
import { RetentionKeeper } from '../retention.js';
import { say, writeError } from '../say.js';
import { errorTakesBar, terminalPaint, terminalWidth } from '../terminal.js';
import { logClosing, newLogStats } from './log-closing.js';
import { openLog } from './log-input.js';
import { loginRecognizer, type RecognitionOf } from './log-names.js';
import type { LogCommandOptions } from './log-options.js';
import { type RefusedLine, refusedLineLog } from './log-refused.js';

/** Where the logins of all files go, and the text that comes of them. */
interface Sink {
  begin(): string;
  take(rows: readonly LoginRow[], print: Print): void;
  end(): Promise<string>;
}

async function sinkFor({ format, summary }: LogCommandOptions): Promise<Sink> {
  const width = terminalWidth();
  const paint = await terminalPaint();
  const look = { ...(width === undefined ? {} : { width }), ...(paint === undefined ? {} : { paint }) };
  if (summary) {
    const groups = new LoginSummary();
    const print = loginSummaryFormats.get(format)!;
    return {
      begin: () => '',
      take: (rows) => {
        for (const row of rows) groups.add(row);
      },
      end: () => print(groups.groups(), look),
    };
  }
  const writer = await loginFormats.get(format)!(look);
  return {
    begin: () => writer.begin(),
    take: (rows, print) => writer.rows(rows, print),
    end: async () => writer.end(),
  };
}

/** Rows handed on at once: their text fits the output's buffer, which then never grows. */
const ROWS_AT_ONCE = 128;

/**
 * Reads login logs and prints their logins.
 *
 * @returns the exit code; every message has been printed
 * @throws UsageError, OutputClosed, and SensorError where the output or the database cannot be written
 */
export async function log(files: readonly string[], options: LogCommandOptions): Promise<ExitCode> {
  checkElements(options.elements);
  return new LogRun(options).all(files);
}

/** @throws UsageError before anything is read or created */
function checkElements(elements: string | null): void {
  if (elements === null) return;
  try {
    new LogReader({ latest: () => 0, elements });
  } catch (error) {
    if (error instanceof SensorError) throw new UsageError(`--elements: ${error.message}`);
    throw error;
  }
}

class LogRun {
  readonly #options: LogCommandOptions;
  readonly #output = new Output();
  readonly #interrupt = new Interrupt();
  readonly #stats = newLogStats();
  #recognitionOf: RecognitionOf = () => null;
  #recorder: Recorder<RecordedLogin> | null = null;
  #onRefused: ((line: RefusedLine) => void) | null = null;
  #failed = false;

  constructor(options: LogCommandOptions) {
    this.#options = options;
  }

  async all(files: readonly string[]): Promise<ExitCode> {
    const { record, database, users, verbose, elements } = this.#options;
    const store = record ? await openForRecording(database) : null;
    const keeper =
      store !== null && this.#options.prune ? new RetentionKeeper(store, this.#options.stats ? () => {} : say) : null;
    try {
      if (store !== null) this.#recorder = new Recorder((rows) => store.logins.record(rows, users));
      this.#recognitionOf = await loginRecognizer(await this.#labels(store));
      if (verbose) this.#onRefused = await refusedLineLog();
      const sink = await sinkFor(this.#options);
      prepareForRows();
      this.#output.print(sink.begin());
      for (const file of files) {
        await this.#one(file, sink);
        if (this.#interrupt.signal.aborted) break;
      }
      this.#output.print(await sink.end());
      await this.#output.flush();
      this.#recorder?.flush();
      if (this.#options.stats) writeError(`${JSON.stringify(this.#stats)}\n`);
      else this.#close(elements !== null);
      await keeper?.finish();
    } catch (error) {
      // Who reads the rows has had enough of them; those printed are recorded all the same.
      if (error instanceof OutputClosed) this.#recorder?.flush();
      throw error;
    } finally {
      this.#interrupt.release();
      keeper?.stop();
      store?.close();
    }
    if (this.#interrupt.code !== null) return this.#interrupt.code;
    return this.#failed ? EXIT.failed : EXIT.done;
  }

  async #labels(store: Store | null): ReturnType<typeof readLabels> {
    return (
      store?.labels.references() ??
      readLabels(
        this.#options.database,
        (error) => {
          this.#failed = true;
          say(`${error.message}; names come from the labels of the package`);
        },
        'references',
      )
    );
  }

  #close(elements: boolean): void {
    // Nothing in there is from the log: line ends stay what they are.
    for (const text of logClosing(this.#stats, elements, this.#failed)) writeError(`ja3-sensor: ${text}\n`);
    if (this.#recorder === null) return;
    const { added, known } = this.#recorder.counts;
    say(`recorded ${added} in ${this.#options.database.path}${known > 0 ? `, ${known} were there already` : ''}`);
  }

  async #one(file: string, sink: Sink): Promise<void> {
    const { follow, elements } = this.#options;
    const { signal } = this.#interrupt;
    if (follow && file !== '-' && !existsSync(file)) say(`${file}: not there yet, waiting for it`);
    const progress = errorTakesBar() && file !== '-' && !follow ? await progressBar(file, performance.now()) : null;
    try {
      const input = await openLog(file, {
        signal,
        follow,
        ...(progress === null ? {} : { onProgress: progress.update }),
      });
      try {
        const settings = { latest: input.latest, ...(elements === null ? {} : { elements }) };
        let reader = new LogReader(settings);
        for await (const chunk of input.chunks()) {
          if (chunk !== 'end') {
            await this.#take(file, reader.push(chunk), sink, progress?.clear);
            continue;
          }
          await this.#take(file, reader.end(), sink);
          this.#count(reader);
          reader = new LogReader(settings);
        }
        // A line that is still being written when we are told to stop is none.
        if (!signal.aborted) await this.#take(file, reader.end(), sink, progress?.clear);
        this.#count(reader);
      } finally {
        await input.close();
      }
    } catch (error) {
      // What the log is to blame for; what the output or the database is to blame for ends the command.
      if (!(error instanceof SensorError) || error.field !== 'file') throw error;
      this.#failed = true;
      // In order, where both go to the same place.
      await this.#output.flush();
      progress?.clear();
      say(
        `${file === '-' ? 'standard input' : file}: ${error.message}${error.offset === 0 ? '' : ` at byte ${error.offset}`}`,
      );
    } finally {
      progress?.stop();
    }
  }

  /** Of one file, at its end. */
  #count({ lines, passedThrough }: LogReader): void {
    this.#stats.lines += lines;
    this.#stats.passed_through += passedThrough;
  }

  async #take(
    file: string,
    found: readonly (RecordedLogin | SensorError)[],
    sink: Sink,
    beforePrint?: () => void,
  ): Promise<void> {
    if (found.length === 0) return;
    let rows: LoginRow[] = [];
    const print = async (): Promise<void> => {
      if (rows.length === 0) return;
      if (!this.#options.summary) beforePrint?.();
      sink.take(rows, this.#output.print);
      rows = [];
      await this.#output.flush();
    };
    for (const each of found) {
      if (each instanceof SensorError) {
        this.#stats.rejected[each.code] = (this.#stats.rejected[each.code] ?? 0) + 1;
        this.#onRefused?.({ file, error: each });
      } else if (this.#counts(each)) {
        rows.push({ file, login: each, recognition: this.#recognitionOf(each) });
        this.#recorder?.add([each]);
        if (rows.length === ROWS_AT_ONCE) await print();
      }
    }
    await print();
  }

  /** Counts a login; false where it is older than what was asked for. */
  #counts(login: LoginEvent): boolean {
    const { since } = this.#options;
    if (since !== null && login.time.seconds + login.time.nanoseconds / 1e9 < since) {
      this.#stats.before_since++;
      return false;
    }
    this.#stats.logins[login.outcome]++;
    if (login.tls) this.#stats.tls++;
    if (login.sslJa3 !== null || login.ja3 !== null || login.ja4 !== null) this.#stats.fingerprints++;
    return true;
  }
}
