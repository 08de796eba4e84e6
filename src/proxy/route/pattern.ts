import { type RE2JS as Compiled, RE2JS, RE2JSException } from 're2js';
import { SensorError } from '../../errors.js';
import { MAX_PATTERN_NAME, MAX_PATTERN_PROGRAM } from './limits.js';

/** A user pattern with the backend it leads to. RE2: matching takes time in proportion to the name, whatever the pattern. */
export class UserPattern {
  readonly #pattern: Compiled;
  readonly #backend: string;

  /**
   * @param pattern RE2 syntax, for the whole name in lower case
   * @param backend a backend's name, with `$1` to `$9` for captures
   * @throws SensorError `route_pattern`: no RE2 pattern, one of too many instructions, or a capture in `backend` that the pattern does not have
   */
  constructor(pattern: string, backend: string) {
    this.#pattern = compile(pattern);
    this.#backend = backend;
    for (const [capture, digit] of backend.matchAll(CAPTURES)) {
      if (Number(digit) > this.#pattern.groupCount()) throw unfit('backend', `there is no capture for ${capture}`);
    }
  }

  /**
   * What the pattern makes of a name: text out of a client's mouth, good for looking a backend up and for nothing else.
   *
   * @param user in lower case
   * @returns null where the pattern does not fit, or the name is too long
   */
  match(user: string): string | null {
    if (user.length > MAX_PATTERN_NAME || Buffer.byteLength(user) > MAX_PATTERN_NAME) return null;
    const matcher = this.#pattern.matcher(user);
    if (!matcher.matches()) return null;
    // A capture that took no part (`a|(b)`) is empty.
    return this.#backend.replace(CAPTURES, (_, digit: string) => matcher.group(Number(digit)) ?? '');
  }
}

const CAPTURES = /\$([1-9])/g;

/** Could captures make this backend's name of a template, whatever they hold? */
export function templateFits(template: string, backend: string): boolean {
  const [first = '', ...others] = template.split(/\$[1-9]/);
  if (!backend.startsWith(first)) return false;
  const last = others.pop();
  if (last === undefined) return backend === first;
  let rest = backend.slice(first.length);
  for (const piece of others) {
    const at = rest.indexOf(piece);
    if (at < 0) return false;
    rest = rest.slice(at + piece.length);
  }
  return rest.endsWith(last);
}

function compile(pattern: string): Compiled {
  let compiled: Compiled;
  try {
    compiled = RE2JS.compile(pattern);
  } catch (error) {
    if (error instanceof RE2JSException) throw unfit('pattern', error.message);
    throw error;
  }
  const size = compiled.programSize();
  if (size > MAX_PATTERN_PROGRAM) {
    throw unfit('pattern', `it has ${size} instructions, and ${MAX_PATTERN_PROGRAM} at most are run for each login`);
  }
  return compiled;
}

function unfit(field: 'pattern' | 'backend', why: string): SensorError {
  return new SensorError('route_pattern', field, 0, `a user pattern that cannot be used: ${why}`);
}
