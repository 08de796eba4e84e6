import type { Endpoint } from '../../endpoint.js';
import { knownToOpenSsl, md5 } from '../../fingerprint/index.js';
import type { KnownValue, LoginEvent } from '../../model/index.js';
import type { Elements } from './element.js';
import type { Head } from './head.js';
import { REMEMBERED_STRINGS } from './limits.js';
import type { Saying } from './message.js';

/** Puts a login together. Remembers the hashes of fingerprint strings, of which a server sees the same few again and again. */
export class EventMaker {
  readonly #values = new Map<string, { readonly value: KnownValue; readonly dovecots: boolean }>();
  readonly #hashes = new Map<string, KnownValue>();

  make(head: Head, said: Saying, elements: Elements): LoginEvent {
    const { user, mechanism, session, secured, ja4 } = elements;
    const seen = this.#value(elements.sslJa3, elements.sslJa3Hash);
    const forwarded = this.#value(elements.ja3, elements.ja3Hash);
    // A string that no OpenSSL could have told is not what Dovecot saw: somebody forwards true ja3 under the name of the other.
    const foreign = seen !== null && seen.string !== null && this.#values.get(seen.string)?.dovecots === false;
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
      sslJa3: foreign ? null : seen,
      ja3: forwarded ?? (foreign ? seen : null),
      ja4: ja4 ?? null,
    };
  }

  /** Of a string and a hash that contradict each other the hash counts: lines are cut where strings are. */
  #value(string: string | null | undefined, hash: string | null | undefined): KnownValue | null {
    if (string == null) return hash == null ? null : this.#hashAlone(hash);
    const known = this.#valueOf(string);
    return hash == null || hash === known.hash ? known : this.#hashAlone(hash);
  }

  #valueOf(string: string): KnownValue {
    let known = this.#values.get(string);
    if (known === undefined) {
      if (this.#values.size >= REMEMBERED_STRINGS) this.#values.clear();
      known = { value: { string, hash: md5(string) }, dovecots: couldBeDovecots(string) };
      this.#values.set(string, known);
    }
    return known.value;
  }

  #hashAlone(hash: string): KnownValue {
    let known = this.#hashes.get(hash);
    if (known === undefined) {
      if (this.#hashes.size >= REMEMBERED_STRINGS) this.#hashes.clear();
      known = { string: null, hash };
      this.#hashes.set(hash, known);
    }
    return known;
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
