import { SensorError } from '../../errors.js';
import { MAX_MESSAGE, MAX_RULE } from './limits.js';

/** What a policy server said. */
export interface PolicyAnswer {
  /** Below 0: refuse; 0: go on; above: so many seconds to wait. */
  readonly status: number;
  /** For the client: one line without control characters; null where there is none. */
  readonly message: string | null;
  /** `r_attrs.rule`, where the server tells it; our own does. */
  readonly rule: string | null;
}

/** Dovecot reads `status` into a C int. */
const MAX_INT = 2_147_483_647;

/**
 * Reads an answer as Dovecot does: of a JSON object `status` (an integer) and `msg` (a string, which may be missing) are read, whatever else is there is not. A member of the
 * wrong type makes the whole answer worthless.
 *
 * @throws SensorError `policy_answer`
 */
export function readAnswer(body: Buffer): PolicyAnswer {
  const fail = (field: string, message: string) => new SensorError('policy_answer', field, 0, message);
  let read: unknown;
  try {
    read = JSON.parse(body.toString('utf8'));
  } catch {
    throw fail('body', body.length === 0 ? 'empty' : 'not JSON');
  }
  if (!isObject(read)) throw fail('body', 'no JSON object');
  const { status, msg } = read;
  if (status === undefined) throw fail('status', 'missing');
  if (typeof status !== 'number' || !Number.isInteger(status) || status > MAX_INT || status < -MAX_INT - 1) {
    throw fail('status', 'not an integer');
  }
  if (msg !== undefined && typeof msg !== 'string') throw fail('msg', 'not a string');
  return { status, message: oneLine(msg, MAX_MESSAGE), rule: oneLine(ruleOf(read.r_attrs), MAX_RULE) };
}

function isObject(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function ruleOf(attributes: unknown): string | undefined {
  if (!isObject(attributes)) return undefined;
  const { rule } = attributes;
  return typeof rule === 'string' ? rule : undefined;
}

/** A text in one line: it goes to clients and into logs. What is empty is nothing. */
function oneLine(text: string | undefined, length: number): string | null {
  if (text === undefined) return null;
  const line = text
    .slice(0, length)
    .replace(/[\p{Cc}\p{Cf}\p{Zl}\p{Zp}\p{Cs}]+/gu, ' ')
    .trim();
  return line === '' ? null : line;
}
