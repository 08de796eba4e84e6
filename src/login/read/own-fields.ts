import type { Endpoint } from '../../endpoint.js';
import { SensorError } from '../../errors.js';
import type { ClientId, Timestamp } from '../../model/index.js';

const TIME = /^(\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d)\.(\d{3,9})Z$/;
const IP = /^[0-9A-Fa-f.:]{2,45}(?:%[\w.-]{1,32})?$/;

/** The fields of one of our own login lines, each of the kind that we write. All methods throw SensorError `log_login` where one is not. */
export class OwnFields {
  readonly #entry: Readonly<Record<string, unknown>>;

  constructor(entry: Readonly<Record<string, unknown>>) {
    this.#entry = entry;
  }

  has(name: string): boolean {
    return Object.hasOwn(this.#entry, name);
  }

  text(name: string, form?: RegExp): string {
    const text = this.textOrNull(name, form);
    if (text === null) throw this.refused(name);
    return text;
  }

  /** null also where it is not there at all. */
  textOrNull(name: string, form?: RegExp): string | null {
    const value = this.#entry[name] ?? null;
    if (value === null) return null;
    if (typeof value !== 'string' || form?.test(value) === false) throw this.refused(name);
    return value;
  }

  word<Word extends string>(name: string, words: readonly Word[]): Word {
    const word = words.find((each) => each === this.#entry[name]);
    if (word === undefined) throw this.refused(name);
    return word;
  }

  flag(name: string): boolean {
    const value = this.#entry[name];
    if (typeof value !== 'boolean') throw this.refused(name);
    return value;
  }

  /** Not below zero. */
  integer(name: string): number {
    const value = this.#entry[name];
    if (typeof value !== 'number' || !Number.isSafeInteger(value) || value < 0) throw this.refused(name);
    return value;
  }

  endpoint(ip: string, port: string): Endpoint {
    const number = this.integer(port);
    if (number > 0xffff) throw this.refused(port);
    return { ip: this.text(ip, IP), port: number };
  }

  /** RFC 3339, UTC, three to nine digits of a second. */
  time(name: string): Timestamp {
    const match = TIME.exec(this.text(name));
    const milliseconds = match === null ? Number.NaN : Date.parse(`${match[1]}Z`);
    if (match === null || Number.isNaN(milliseconds)) throw this.refused(name);
    // Some days that are none (30 February) are taken for the next month's.
    if (!new Date(milliseconds).toISOString().startsWith(match[1]!)) throw this.refused(name);
    const digits = match[2]!;
    return { seconds: milliseconds / 1000, nanoseconds: Number(digits.padEnd(9, '0')), digits: digits.length };
  }

  texts(name: string): readonly string[] | null {
    const value = this.#entry[name] ?? null;
    if (value === null) return null;
    if (!Array.isArray(value) || !value.every((item) => typeof item === 'string')) throw this.refused(name);
    return value;
  }

  pairs(name: string): ClientId | null {
    const value = this.#entry[name] ?? null;
    if (value === null) return null;
    if (!Array.isArray(value) || !value.every(isPair)) throw this.refused(name);
    return value;
  }

  refused(name: string): SensorError {
    return new SensorError('log_login', name, 0, `a login line of the proxy has a ${name} that is none`);
  }
}

const isPair = (item: unknown): item is readonly [string, string | null] =>
  Array.isArray(item) &&
  item.length === 2 &&
  typeof item[0] === 'string' &&
  (item[1] === null || typeof item[1] === 'string');
