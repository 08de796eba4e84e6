import { SensorError } from '../errors.js';
import type { Rung } from '../model/index.js';
import { MAX_CALIBRATION_ROWS } from './limits.js';

/** How answers on a rung with scores in a range did when they were measured. */
export interface CalibrationRow {
  readonly rung: Rung;
  /** Scores from this one on, 0 to 1, … */
  readonly from: number;
  /** … below this one; 1 includes 1. */
  readonly to: number;
  readonly answers: number;
  /** Of these: the client was among the candidates; on `stack` and `nearest`, the family was right. */
  readonly right: number;
}

/** What confidence is read from: the content of a file in db/calibration. */
export interface Calibration {
  /** When it was measured: `YYYY-MM-DD`. */
  readonly measured: string;
  /** On what. */
  readonly labels: string;
  readonly rows: readonly CalibrationRow[];
}

/** Fewer measured answers than these say nothing: the confidence is null. */
export const MIN_ANSWERS = 20;

const RUNGS: readonly string[] = ['ja3', 'ja4', 'ssl_ja3', 'situational', 'unordered', 'stack', 'nearest'];

/** For whoever has no table: confidence is null throughout. */
export const noCalibration: Calibration = { measured: '', labels: '', rows: [] };

/**
 * The share of right answers, 0 to 1; null where too few were measured. One right and one wrong answer are added (Laplace's rule of succession): 23 right
 * ones of 23 measured are no certainty.
 */
export function confidenceOf(calibration: Calibration, rung: Rung, score: number): number | null {
  const row = calibration.rows.find(
    (one) => one.rung === rung && score >= one.from && (score < one.to || (one.to === 1 && score >= 1)),
  );
  return row === undefined || row.answers < MIN_ANSWERS ? null : (row.right + 1) / (row.answers + 2);
}

/**
 * Reads the JSON of a calibration table.
 *
 * @param name the file's name, for error messages
 * @throws SensorError `bad_calibration`: the field is the member that is wrong
 */
export function parseCalibration(text: string, name: string): Calibration {
  const fail = (field: string, what: string): SensorError =>
    new SensorError('bad_calibration', field, 0, `${name}: ${field}: ${what}`);
  let json: unknown;
  try {
    json = JSON.parse(text);
  } catch {
    throw fail('json', 'is no JSON');
  }
  if (!isRecord(json)) throw fail('json', 'is no object');
  const { measured, labels, rows, ...rest } = json;
  const [extra] = Object.keys(rest);
  if (extra !== undefined) throw fail(extra, 'no such member');
  if (typeof measured !== 'string' || !/^\d{4}-\d{2}-\d{2}$/.test(measured)) throw fail('measured', 'is no YYYY-MM-DD');
  if (typeof labels !== 'string') throw fail('labels', 'is no text');
  if (!Array.isArray(rows) || rows.length > MAX_CALIBRATION_ROWS)
    throw fail('rows', `is no list of at most ${MAX_CALIBRATION_ROWS}`);
  return { measured, labels, rows: rows.map((row, i) => rowOf(row, (what) => fail(`rows[${i}]`, what))) };
}

function rowOf(row: unknown, fail: (what: string) => SensorError): CalibrationRow {
  if (!isRecord(row)) throw fail('is no object');
  const { rung, from, to, answers, right, ...rest } = row;
  if (Object.keys(rest).length > 0) throw fail('has a member that does not belong there');
  if (typeof rung !== 'string' || !RUNGS.includes(rung)) throw fail('rung is none');
  if (!isShare(from) || !isShare(to) || from >= to) throw fail('from and to are no range within 0 to 1');
  if (!isCount(answers) || !isCount(right) || right > answers) throw fail('answers and right are no counts');
  return { rung: rung as Rung, from, to, answers, right };
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function isShare(value: unknown): value is number {
  return typeof value === 'number' && value >= 0 && value <= 1;
}

function isCount(value: unknown): value is number {
  return Number.isSafeInteger(value) && (value as number) >= 0;
}
