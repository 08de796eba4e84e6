import type { Endpoint } from '../../endpoint.js';
import { knownToOpenSsl, md5 } from '../../fingerprint/index.js';
import type { KnownValue, LoginEvent } from '../../model/index.js';
import type { Elements } from './element.js';
import type { Head } from './head.js';
import { REMEMBERED_STRINGS } from './limits.js';
import type { Saying } from './message.js';

/** A value, and whether Dovecot can have told it. */
interface Remembered {
  readonly value: KnownValue;
  readonly dovecots: boolean;
}

const NUMBERS = '(?:\\d{1,5}(?:-\\d{1,5})*)?';
const JA3_STRING = new RegExp(`^\\d{1,5}${`,${NUMBERS}`.repeat(4)}$`);

/** Puts a login together. Remembers fingerprints by their hash, of which a server sees the same few again and again. */
export class EventMaker {
  readonly #values = new Map<string, Remembered>();

  make(head: Head, said: Saying, elements: Elements): LoginEvent {
    const { user, mechanism, session, secured, ja4 } = elements;
    const seen = this.#value(elements.sslJa3, elements.sslJa3Hash);
    const forwarded = this.#value(elements.ja3, elements.ja3Hash)?.value ?? null;
    // A string that no OpenSSL could have told is not what Dovecot saw: somebody forwards true ja3 under the name of the other.
    const foreign = seen?.dovecots === false;
    return {
      time: head.time,
      session: session ?? null,
      protocol: head.protocol,
      user: user || null,
      remote: endpoint(elements.remoteIp, elements.remotePort),
      local: endpoint(elements.localIp, elements.localPort),
      mechanism: mechanism ?? null,
      outcome: said.outcome,
      reason: said.reason,
      // `TLS handshaking`: it never came to be
      tls: secured != null && /^TLS(?! handshaking)/.test(secured),
      sslJa3: foreign ? null : (seen?.value ?? null),
      ja3: forwarded ?? (foreign ? seen.value : null),
      ja4: ja4 ?? null,
    };
  }

  /** Of a string and a hash that contradict each other the hash counts: lines are cut where strings are. */
  #value(string: string | null | undefined, hash: string | null | undefined): Remembered | null {
    if (string == null) return hash == null ? null : this.#hashAlone(hash);
    if (hash != null) {
      const known = this.#values.get(hash);
      if (known !== undefined && known.value.string === string) return known;
    }
    if (!JA3_STRING.test(string)) return hash == null ? null : this.#hashAlone(hash);
    const own = md5(string);
    if (hash != null && hash !== own) return this.#hashAlone(hash);
    return this.#remember({ value: { string, hash: own }, dovecots: couldBeDovecots(string) });
  }

  #hashAlone(hash: string): Remembered {
    const known = this.#values.get(hash);
    // Without its string, also where another line told it: what this line says is what is told of it
    if (known !== undefined && known.value.string === null) return known;
    const alone: Remembered = { value: { string: null, hash }, dovecots: true };
    return known === undefined ? this.#remember(alone) : alone;
  }

  #remember(value: Remembered): Remembered {
    if (this.#values.size >= REMEMBERED_STRINGS) this.#values.clear();
    this.#values.set(value.value.hash, value);
    return value;
  }
}

/** Dovecot's string has 771 always, and no extension that its OpenSSL does not know. */
function couldBeDovecots(string: string): boolean {
  const [version, , extensions = ''] = string.split(',');
  const types = extensions === '' ? [] : extensions.split('-').map(Number);
  return version === '771' && knownToOpenSsl(types, '3.5').length === types.length;
}

function endpoint(ip: string | null | undefined, port: string | null | undefined): Endpoint | null {
  if (ip == null) return null;
  const number = Number(port ?? 0);
  return { ip, port: number <= 0xffff ? number : 0 };
}
