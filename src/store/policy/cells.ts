import type { ClientId, Evidence, LoginOutcome, VerdictEffect, VerdictSource } from '../../model/index.js';
import { parseArray, parsePairs, WrongType } from '../column-types.js';
import { JSON_CELL } from '../limits.js';

/** How single values of the policy's tables are written and read. What reads throws what `guarded` knows where a cell is none of its kind. */

const KEY = /^[0-9a-f]{32}$/;
const TARPIT = /^tarpit ([1-9]\d{0,8})$/;
const REJECT = 'reject';

const OUTCOMES: ReadonlySet<string> = new Set<LoginOutcome>(['succeeded', 'failed', 'refused', 'none']);
const SOURCES: ReadonlySet<string> = new Set<VerdictSource>(['rules', 'list', 'server', 'failure', 'off']);

/** @throws RangeError where it is no keyed hash: a name must never get here */
export function userCell(userKey: string): Buffer {
  if (!KEY.test(userKey)) throw new RangeError('a user key has 32 hex digits');
  return Buffer.from(userKey, 'hex');
}

/** Half as long where it is a digest, as devices are. */
export function deviceCell(device: string): Buffer | string {
  return KEY.test(device) ? Buffer.from(device, 'hex') : device;
}

/** `allow`, `tarpit 3`, `reject`, `reject Come back later`. */
export function effectCell(effect: VerdictEffect): string {
  switch (effect.action) {
    case 'allow':
      return 'allow';
    case 'tarpit':
      return `tarpit ${effect.seconds}`;
    case 'reject':
      return effect.message === null ? REJECT : `${REJECT} ${effect.message}`;
  }
}

export function effectOf(cell: string): VerdictEffect {
  if (cell === 'allow') return { action: 'allow' };
  const seconds = TARPIT.exec(cell)?.[1];
  if (seconds !== undefined) return { action: 'tarpit', seconds: Number(seconds) };
  if (cell === REJECT) return { action: 'reject', message: null };
  if (cell.startsWith(`${REJECT} `)) return { action: 'reject', message: cell.slice(REJECT.length + 1) };
  throw new WrongType('a verdict is none');
}

export function outcomeOf(cell: string | null): LoginOutcome | null {
  if (cell === null || OUTCOMES.has(cell)) return cell as LoginOutcome | null;
  throw new WrongType('an outcome is none');
}

export function sourceOf(cell: string): VerdictSource {
  if (SOURCES.has(cell)) return cell as VerdictSource;
  throw new WrongType('the source of a verdict is none');
}

/** null: none. */
export function evidenceCell(evidence: readonly Evidence[]): string | null {
  return evidence.length === 0 ? null : JSON.stringify(evidence);
}

export function evidenceOf(cell: string | null): readonly Evidence[] {
  return cell === null ? [] : parseArray(bounded(cell), isEvidence);
}

export function clientIdOf(cell: string | null): ClientId | null {
  return cell === null ? null : parsePairs(bounded(cell));
}

function bounded(cell: string): string {
  if (cell.length > JSON_CELL) throw new WrongType('a list is longer than any that is written');
  return cell;
}

function isEvidence(item: unknown): item is Evidence {
  if (typeof item !== 'object' || item === null) return false;
  const { condition, found, numbers } = item as Partial<Record<string, unknown>>;
  return (
    typeof condition === 'string' &&
    ['string', 'number', 'boolean'].includes(typeof found) &&
    typeof numbers === 'object' &&
    numbers !== null &&
    !Array.isArray(numbers) &&
    Object.values(numbers).every((value) => typeof value === 'number')
  );
}

/** Columns as they are read: bytes as hex, because a text comes out of SQLite in half the time that a buffer takes. */
export function selected(columns: readonly string[]): string {
  return columns.map((column) => READ[column] ?? column).join(', ');
}

const READ: Readonly<Record<string, string>> = {
  user_key: 'lower(hex(user_key))',
  device: "iif(typeof(device) = 'blob', lower(hex(device)), device)",
};

export function userKeyAt(cell: unknown): string {
  if (typeof cell === 'string' && KEY.test(cell)) return cell;
  throw new WrongType('a user key is none');
}

/** SQLite's hex of nothing is empty. */
export function userKeyOrNullAt(cell: unknown): string | null {
  return cell === '' ? null : userKeyAt(cell);
}

export function textAt(cell: unknown): string {
  if (typeof cell === 'string') return cell;
  throw new WrongType('a text is none');
}

export function textOrNullAt(cell: unknown): string | null {
  return cell === null ? null : textAt(cell);
}

export function numberAt(cell: unknown): number {
  if (typeof cell === 'number') return cell;
  throw new WrongType('a number is none');
}

export function numberOrNullAt(cell: unknown): number | null {
  return cell === null ? null : numberAt(cell);
}
