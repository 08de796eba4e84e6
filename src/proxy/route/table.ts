import { SensorError } from '../../errors.js';
import { MAX_TABLE_ENTRIES, MAX_TABLE_LINE } from './limits.js';

/**
 * Reads a table of users: `user backend` or `@domain backend` on a line, blanks or tabs between, `#` for comments (at a line's beginning, or behind a blank). Names are
 * taken in lower case.
 *
 * @param declared the backends there are, where lines that name another are to be refused
 * @returns the table, or what is wrong with the first bad line: `route_table`, `offset` is its number, counted from 1
 */
export function parseRouteTable(
  text: string,
  declared?: { has(backend: string): boolean },
): ReadonlyMap<string, string> | SensorError {
  const table = new Map<string, string>();
  let number = 0;
  for (const line of lines(text)) {
    number++;
    if (line.length > MAX_TABLE_LINE) return bad(number, `longer than ${MAX_TABLE_LINE} characters`);
    const words = line
      .replace(/(^|[ \t])#.*$/, '')
      .split(/[ \t]+/)
      .filter((word) => word !== '');
    if (words.length === 0) continue;
    const [user, backend, ...more] = words;
    if (user === undefined || backend === undefined) return bad(number, 'a name without a backend');
    if (more.length > 0) return bad(number, 'more than a name and a backend');
    if (/\p{Cc}/u.test(line.replaceAll('\t', ' '))) return bad(number, 'a control character');
    if (user === '@') return bad(number, 'no domain behind @');
    const name = user.toLowerCase();
    if (table.has(name)) return bad(number, `${JSON.stringify(user)} a second time`);
    if (declared !== undefined && !declared.has(backend)) {
      return bad(number, `no backend has the name ${JSON.stringify(backend)}`);
    }
    if (table.size === MAX_TABLE_ENTRIES) return bad(number, `more than ${MAX_TABLE_ENTRIES} names`);
    table.set(name, backend);
  }
  return table;
}

/** Line by line, without a second copy of the whole file; a byte order mark and the CR of CR LF are no part of one. */
function* lines(text: string): Generator<string> {
  let at = text.startsWith('\ufeff') ? 1 : 0;
  while (at < text.length) {
    const end = text.indexOf('\n', at);
    const line = text.slice(at, end < 0 ? text.length : end);
    yield line.endsWith('\r') ? line.slice(0, -1) : line;
    if (end < 0) return;
    at = end + 1;
  }
}

function bad(line: number, what: string): SensorError {
  return new SensorError('route_table', 'line', line, `line ${line} of a table of users: ${what}`);
}
