import { SensorError } from '../../errors.js';
import { isJa3String, isJa4, ja3nOfLists, knownToOpenSsl, md5, parseJa3String } from '../../fingerprint/index.js';
import type { HelloFingerprint, KnownValue, LoginOutcome, OpenSslGeneration, SeenLogin } from '../../model/index.js';
import { cleanLogin } from '../write/clean.js';
import { LOGIN_MESSAGE } from '../write/fields.js';
import { MAX_FINGERPRINT_STRING } from '../write/limits.js';
import { REMEMBERED_STRINGS } from './limits.js';
import { OwnFields } from './own-fields.js';

/** What every login line of ours holds: docs/login-lines.md. */
export const OWN_MARK = `"msg":"${LOGIN_MESSAGE}"`;

/** The name docker compose puts before the lines of a container. */
const BEFORE = /^[\w.-]+ +\| (?=\{)/;

const OUTCOMES: readonly LoginOutcome[] = ['succeeded', 'failed', 'refused', 'none'];
const GENERATIONS: readonly OpenSslGeneration[] = ['3.0', '3.5'];
const HASH = /^[0-9a-f]{32}$/;
const JA4_R = new RegExp(`^[\\x21-\\x7e]{1,${MAX_FINGERPRINT_STRING}}$`);

/** What a line says of the hello. */
type Views = Pick<SeenLogin, 'fingerprint' | 'sslJa3' | 'ja3' | 'ja4'>;

/** Reads the login lines of our own proxy back. Remembers fingerprints, of which a server sees the same few again and again. */
export class OwnLines {
  readonly #known = new Map<string, Views>();
  #passedThrough = 0;

  get passedThrough(): number {
    return this.#passedThrough;
  }

  /**
   * @returns undefined: not one of ours; null: one that tells of no login
   * @throws SensorError `log_login` where a field is not what we write there, `log_json` where the line is cut
   */
  read(line: string): SeenLogin | null | undefined {
    if (!line.includes(OWN_MARK)) return undefined;
    const start = BEFORE.exec(line)?.[0].length ?? 0;
    if (line.charCodeAt(start) !== 0x7b) return undefined;
    const entry = parsed(line.slice(start));
    if (entry.msg !== LOGIN_MESSAGE || !('listener' in entry)) return undefined;
    const fields = new OwnFields(entry);
    const outcome = fields.word('outcome', [...OUTCOMES, 'unseen'] as const);
    if (outcome === 'unseen') {
      this.#passedThrough++;
      return null;
    }
    // Cleaned again, so that whoever writes into the log cannot bring in what we would not have written.
    return cleanLogin({
      time: fields.time('time'),
      session: fields.text('session'),
      listener: fields.text('listener'),
      protocol: fields.text('protocol', /^[a-z0-9_]{1,32}$/),
      mode: fields.word('mode', ['terminated', 'passed_through'] as const),
      outcome,
      user: fields.textOrNull('user'),
      mechanism: fields.textOrNull('mechanism'),
      attempt: fields.integer('attempt'),
      reason: fields.textOrNull('reason'),
      reasonCode: fields.textOrNull('reason_code', /^[a-z0-9_]{1,64}$/),
      remote: fields.endpoint('src_ip', 'src_port'),
      local: fields.endpoint('dst_ip', 'dst_port'),
      tls: fields.flag('tls'),
      starttls: fields.flag('starttls'),
      tlsVersion: fields.textOrNull('tls_version', /^[\w.]{1,16}$/),
      cipher: fields.textOrNull('cipher', /^[\w-]{1,64}$/),
      sni: fields.textOrNull('sni'),
      alpn: fields.texts('alpn'),
      ...this.#views(fields),
      // Names change: whoever reads a log asks for today's.
      recognition: null,
      clientId: fields.pairs('client_id'),
      backend: fields.textOrNull('backend'),
      duration: fields.integer('duration_ms'),
    }) as SeenLogin;
  }

  #views(fields: OwnFields): Views {
    const key = JSON.stringify(
      ['openssl', 'ssl_ja3', 'ssl_ja3_30', 'ssl_ja3_35', 'ssl_ja3_hash', 'ja3', 'ja3_hash', 'ja4', 'ja4_r'].map(
        (name) => fields.textOrNull(name),
      ),
    );
    let views = this.#known.get(key);
    if (views === undefined) {
      views = viewsOf(fields);
      if (this.#known.size >= REMEMBERED_STRINGS) this.#known.clear();
      this.#known.set(key, views);
    }
    return views;
  }
}

function parsed(text: string): Record<string, unknown> {
  try {
    return JSON.parse(text) as Record<string, unknown>;
  } catch {
    throw new SensorError('log_json', 'object', 0, 'the line begins like JSON and is none');
  }
}

function viewsOf(fields: OwnFields): Views {
  const openssl = fields.word('openssl', GENERATIONS);
  const sslJa3 = ja3Value(fields, 'ssl_ja3');
  const ja3 = ja3Value(fields, 'ja3');
  const ja4 = fields.textOrNull('ja4');
  if (ja4 !== null && !isJa4(ja4)) throw fields.refused('ja4');
  const ja4r = fields.textOrNull('ja4_r', JA4_R);
  const bare = { fingerprint: null, sslJa3, ja3, ja4 };
  if (sslJa3 === null || sslJa3.string === null || ja3 === null || ja3.string === null) return bare;
  if (ja4 !== null && ja4r === null) return bare;
  const other = openssl === '3.0' ? 'ssl_ja3_35' : 'ssl_ja3_30';
  // Where both generations say the same it is written once.
  const others = fields.has(other) ? ja3Value(fields, other) : sslJa3;
  if (others === null || others.string === null) return bare;
  const [own, otherValue] = [
    { string: sslJa3.string, hash: sslJa3.hash },
    { string: others.string, hash: others.hash },
  ];
  const fingerprint: HelloFingerprint = {
    ja3: { string: ja3.string, hash: ja3.hash },
    ja3n: ja3nOfLists(parseJa3String(ja3.string)),
    sslJa3: openssl === '3.0' ? { '3.0': own, '3.5': otherValue } : { '3.0': otherValue, '3.5': own },
    ja4: ja4 === null || ja4r === null ? null : { string: ja4r, hash: ja4 },
  };
  if (!agree(fingerprint.sslJa3)) throw fields.refused(other);
  return { ...bare, fingerprint };
}

/** @throws SensorError `log_login`, also where string and hash contradict each other */
function ja3Value(fields: OwnFields, name: string): KnownValue | null {
  const hash = fields.textOrNull(`${name}_hash`, HASH);
  const string = fields.textOrNull(name);
  if (hash === null) {
    if (string !== null) throw fields.refused(name);
    return null;
  }
  if (string !== null && (md5(string) !== hash || !isJa3String(string))) throw fields.refused(name);
  return { string, hash };
}

/** One hello has both: they differ by the extensions that the older OpenSSL does not know. */
function agree(sslJa3: HelloFingerprint['sslJa3']): boolean {
  const [older, newer] = [parseJa3String(sslJa3['3.0'].string), parseJa3String(sslJa3['3.5'].string)];
  return (
    String(knownToOpenSsl(newer.extensions, '3.0')) === String(older.extensions) &&
    String(newer.cipherSuites) === String(older.cipherSuites)
  );
}
