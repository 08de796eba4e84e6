import { SensorError } from '../../errors.js';
import {
  type ExplainOptions,
  type Explanation,
  explainHello,
  explainJa3String,
  explanationJson,
  explanationText,
  findHellos,
  isFingerprintHash,
} from '../../explain/index.js';
import type { Observation, OpenSslGeneration } from '../../model/index.js';
import { jsonText } from '../../report/index.js';
import { defaultDatabasePath } from '../database-path.js';
import { EXIT, type ExitCode, UsageError } from '../exit-codes.js';
import type { DatabaseChoice } from '../label-source.js';
import { textLook } from '../look.js';
import { Output } from '../output.js';
import { say } from '../say.js';
import { hellosOfFrame, onlyHello, placeOf } from './explain-capture.js';
import { explainInput } from './explain-input.js';
import { recognizerFor } from './explain-recognizer.js';

/** As the parser of arguments leaves them. */
export interface RawExplainOptions {
  readonly against?: string;
  readonly openssl?: OpenSslGeneration;
  readonly json?: boolean;
  readonly database?: string;
}

export interface ExplainCommandOptions {
  readonly against: string | null;
  readonly openssl: OpenSslGeneration;
  readonly json: boolean;
  readonly database: DatabaseChoice;
}

/** @throws UsageError where --against is no hash */
export function explainOptions({ against, openssl, json, database }: RawExplainOptions): ExplainCommandOptions {
  if (against !== undefined && !isFingerprintHash(against)) {
    throw new UsageError(
      '--against wants a fingerprint: 32 hex digits, or a ja4 (t13d1516h2_8daaf6152771_02713d6af862)',
    );
  }
  if (database === '') throw new UsageError('--database has an empty name');
  return {
    against: against ?? null,
    openssl: openssl ?? '3.0',
    json: json ?? false,
    database: { path: database ?? defaultDatabasePath(), explicit: database !== undefined },
  };
}

/**
 * Explains what the argument names.
 *
 * @returns the exit code; `failed` also where no explanation was found for the hash given with --against. Every message has been printed
 * @throws UsageError, OutputClosed, and SensorError where the output cannot be written
 */
export async function explain(what: string, options: ExplainCommandOptions): Promise<ExitCode> {
  const output = new Output();
  try {
    const explanations = await explanationsOf(what, options, output);
    const print = options.json ? jsonLine : await textPrinter();
    output.print(explanations.map(print).join(options.json ? '' : '\n'));
    await output.flush();
    if (options.against === null) return EXIT.done;
    return explanations.some((each) => each.against!.matches.length > 0) ? EXIT.done : EXIT.failed;
  } catch (error) {
    if (!(error instanceof SensorError) || error.field === 'output') throw error;
    await output.flush();
    say(`${error.message} (${error.code}: ${error.field} at ${error.offset})`);
    return EXIT.failed;
  }
}

const jsonLine = (explanation: Explanation): string => `${explanationJson(explanation, jsonText)}\n`;

async function textPrinter(): Promise<(explanation: Explanation) => string> {
  const look = await textLook();
  return (explanation) => explanationText(explanation, look);
}

async function explanationsOf(
  what: string,
  { against, openssl, json, database }: ExplainCommandOptions,
  output: Output,
): Promise<readonly Explanation[]> {
  const input = await explainInput(what);
  const common: ExplainOptions = {
    openssl,
    recognizer: await recognizerFor(database),
    ...(against === null ? {} : { against }),
  };
  switch (input.kind) {
    case 'ja3':
      return [explainJa3String(input.string, common)];
    case 'bytes': {
      const { hellos, bytesLeft } = findHellos(input.bytes);
      if (bytesLeft > 0) say(`${bytesLeft} bytes behind the hello are not explained`);
      return hellos.map((hello) => explainHello(hello, common));
    }
    default: {
      const { file, frame } = input;
      const observations = await inFile(file, () =>
        frame === null ? only(file, against, json, output) : hellosOfFrame(file, frame),
      );
      return observations.map((observation) =>
        explainHello(
          { hello: observation.hello, recordVersion: null },
          { ...common, place: placeOf(observation), transport: observation.transport },
        ),
      );
    }
  }
}

/** Names the file in what is wrong with it. */
async function inFile<T>(file: string, read: () => Promise<T>): Promise<T> {
  try {
    return await read();
  } catch (error) {
    if (!(error instanceof SensorError) || error.field === 'output') throw error;
    throw new SensorError(error.code, error.field, error.offset, `${file}: ${error.message}`, { cause: error });
  }
}

/** @throws UsageError where one hash was given and several hellos are there */
async function only(
  file: string,
  against: string | null,
  json: boolean,
  output: Output,
): Promise<readonly Observation[]> {
  const observation = await onlyHello(file, json, output);
  if (observation !== null) return [observation];
  if (against !== null) throw new UsageError(`--against needs one hello: choose a frame of the list (${file}:FRAME)`);
  say(`several hellos: choose one by its frame (ja3-sensor explain ${file}:FRAME)`);
  return [];
}
