import { SensorError } from '../../errors.js';
import { type ElementKey, Elements, setElement } from './element.js';
import { type LineParts, NO_MECHANISM } from './elements.js';
import {
  MAX_FREE_IN_ELEMENT,
  MAX_FREE_SEPARATORS,
  MAX_FREE_TEXT,
  MAX_FREE_VARIABLES,
  MAX_SAID,
  MAX_SESSION,
  MAX_TEMPLATE,
  MAX_TEMPLATE_ELEMENTS,
} from './limits.js';

/** Reads the lines of one login_log_format_elements setting. */
export interface Template {
  /** null: the line was not made by this setting. */
  read(message: string): LineParts | null;
}

/** How a variable is written, what it stands for, and whether Dovecot always has something to say there. */
interface Variable {
  readonly key: ElementKey | null;
  readonly pattern: string;
  readonly always: boolean;
  /** A stranger chooses the text. */
  readonly free: boolean;
}

const IP = '[0-9a-fA-F.:]{2,45}';
const variable = (key: ElementKey | null, pattern: string, always = false): Variable => ({
  key,
  pattern,
  always,
  free: false,
});
// As long as can be: a name that imitates the elements behind it is still a name.
const user: Variable = { key: 'user', pattern: `.{0,${MAX_FREE_TEXT}}`, always: true, free: true };
const someText: Variable = { key: null, pattern: `.{0,${MAX_FREE_TEXT}}?`, always: false, free: true };
const ja3 = (key: 'sslJa3' | 'ja3'): Variable => variable(key, '[0-9a-f,-]*?');
const ja4 = variable('ja4', '[0-9A-Za-z_]*');
// Any text too where there is no such mechanism; as short as can be, since what follows is typed.
const mechanism: Variable = { key: 'mechanism', pattern: '.{0,64}?', always: false, free: true };
const remoteIp = variable('remoteIp', IP, true);
const localIp = variable('localIp', IP, true);
const remotePort = variable('remotePort', '\\d{1,5}', true);
const localPort = variable('localPort', '\\d{1,5}', true);
const secured = variable('secured', '(?:TLS handshaking|TLS|secured)?(?:: [^<>=]*?)?');
const digits = variable(null, '\\d*');

/** By the names of 2.4, and the long and short ones of 2.3 (its `Login Variables`). What is not here may be any text. */
const VARIABLES: ReadonlyMap<string, Variable> = new Map([
  ...['user', 'u'].map((name) => [name, user] as const),
  ...['mechanism', 'mech', 'm'].map((name) => [name, mechanism] as const),
  ...['remote_ip', 'rip', 'r'].map((name) => [name, remoteIp] as const),
  ...['local_ip', 'lip', 'l'].map((name) => [name, localIp] as const),
  ...['remote_port', 'rport', 'b'].map((name) => [name, remotePort] as const),
  ...['local_port', 'lport', 'a'].map((name) => [name, localPort] as const),
  ...['real_remote_ip', 'real_rip', 'real_local_ip', 'real_lip'].map(
    (name) => [name, variable(null, IP, true)] as const,
  ),
  ...['real_remote_port', 'real_rport', 'real_local_port', 'real_lport', 'pid', 'p'].map(
    (name) => [name, variable(null, '\\d{1,10}', true)] as const,
  ),
  ...['mail_pid', 'e'].map((name) => [name, digits] as const),
  ...['secured', 'c'].map((name) => [name, secured] as const),
  ...['protocol', 'service', 's'].map((name) => [name, variable(null, '[a-z0-9_]+', true)] as const),
  ['session', variable('session', `[^<>\\s]{1,${MAX_SESSION}}`, true)],
  ['ssl_ja3', ja3('sslJa3')],
  ['ssl_ja3_hash', ja3('sslJa3')],
  ['passdb:forward_ssl_ja3', ja3('sslJa3')],
  ['passdb:forward_ssl_ja3_hash', ja3('sslJa3')],
  ['passdb:forward_ja3', ja3('ja3')],
  ['passdb:forward_ja3_hash', ja3('ja3')],
  ['passdb:forward_ja4', ja4],
  ['ssl_client_cert_fp', variable(null, '[0-9A-Fa-f:]*')],
  ['ssl_client_cert_pubkey_fp', variable(null, '[0-9A-Fa-f:]*')],
]);

/** `%{user | lower}`, `%{passdb:forward_ja4}`, 2.3's `%u`, `%Lu`, `%{user}` and `%%`. */
const REFERENCE = /%(?:\{([^{}]*)\}|%|[-\d.]*[LUETHRXMDNW]*([a-z]))/g;

/**
 * @param setting the value of login_log_format_elements, as `doveconf -h login_log_format_elements` prints it
 * @throws SensorError `log_elements_setting`: too long, with more variables of any text than can be told apart, or without any variable
 */
export function compileTemplate(setting: string): Template {
  if (setting.length > MAX_TEMPLATE) throw refused(MAX_TEMPLATE, `has more than ${MAX_TEMPLATE} characters`);
  const words = setting.split(/[ \t]+/).filter((word) => word !== '');
  if (words.length > MAX_TEMPLATE_ELEMENTS) throw refused(0, `has more than ${MAX_TEMPLATE_ELEMENTS} elements`);
  const keys: ElementKey[] = [];
  let free = 0;
  let used = 0;
  const parts = words.map((word) => {
    let pattern = '';
    let at = 0;
    let freeHere = 0;
    // 2.3 drops an element without a variable, 2.4 keeps it
    let always = false;
    for (const reference of word.matchAll(REFERENCE)) {
      pattern += escapeForPattern(word.slice(at, reference.index));
      at = reference.index + reference[0].length;
      if (reference[0] === '%%') {
        pattern += '%';
        continue;
      }
      const name = (reference[1] ?? reference[2]!).split('|')[0]!.trim();
      const known = VARIABLES.get(name) ?? someText;
      used++;
      if (known.free) free++;
      if (known.free && ++freeHere > MAX_FREE_IN_ELEMENT) {
        throw refused(0, `has more than ${MAX_FREE_IN_ELEMENT} variables that may be any text in one element`);
      }
      if (known.always) always = true;
      if (known.key === null) {
        pattern += `(?:${known.pattern})`;
      } else {
        pattern += `(${known.pattern})`;
        keys.push(known.key);
      }
    }
    pattern += escapeForPattern(word.slice(at));
    return `(?:${pattern}, )${always ? '' : '?'}`;
  });
  if (used === 0) throw refused(0, 'has no variable');
  if (free > MAX_FREE_VARIABLES) {
    throw refused(0, `has more than ${MAX_FREE_VARIABLES} variables that may be any text`);
  }
  // What is said before the elements is Dovecot's own, but for a proxy's, which begins with the user's name.
  const said = `{0,${MAX_SAID}}`;
  const expression = new RegExp(
    `^(proxy\\(.${said}\\): [^)]${said}(?:\\([^)]${said}\\))?|.${said}?): ${parts.join('')}$`,
    's',
  );
  const separators = words.length + MAX_FREE_SEPARATORS;
  return { read: (message) => (hasMore(message, separators) ? null : readBy(expression, keys, message)) };
}

/** More `, ` than this. */
function hasMore(message: string, most: number): boolean {
  let count = 0;
  for (let at = message.indexOf(', '); at >= 0 && count <= most; at = message.indexOf(', ', at + 2)) count++;
  return count > most;
}

function readBy(expression: RegExp, keys: readonly ElementKey[], message: string): LineParts | null {
  // 2.4 leaves the comma of a last element that is dropped; here every element has its own
  const match = expression.exec(message.endsWith(', ') ? message : `${message}, `);
  if (match === null) return null;
  const elements = new Elements();
  for (let i = 0; i < keys.length; i++) {
    const value = match[i + 2];
    if (value === undefined) continue;
    const key = keys[i]!;
    if (key === 'user') elements.user = value;
    else setElement(elements, key, value);
  }
  const text = match[1]!;
  // A name that the client made up
  if (NO_MECHANISM.test(text)) elements.mechanism = null;
  return { text, elements };
}

/** A text as a regular expression matches it (RegExp.escape is not in Node 20). */
function escapeForPattern(text: string): string {
  return text.replace(/[\\^$.*+?()[\]{}|/-]/g, '\\$&');
}

const refused = (offset: number, reason: string): SensorError =>
  new SensorError('log_elements_setting', 'login_log_format_elements', offset, `login_log_format_elements ${reason}`);
