import { createHash } from 'node:crypto';
import { Random } from '../lib/random.js';

export interface Population {
  readonly users: number;
  readonly fingerprints: number;
  /** The password of Basic. */
  readonly password: string;
}

/**
 * What a mail server sends, login after login: Dovecot asks before and after the password is tried, and reports. One login in ten fails, and is asked about once. Each user has one
 * address and one of the fingerprints, but for one login in fifty.
 */
export class Logins {
  readonly #random = new Random(6);
  readonly #population: Population;
  readonly #hashes: readonly string[];
  #waiting: Buffer[] = [];
  #count = 0;

  constructor(population: Population) {
    this.#population = population;
    this.#hashes = Array.from({ length: population.fingerprints }, (_, i) =>
      createHash('md5').update(`${i}`).digest('hex'),
    );
  }

  /** @returns a request and whether it is a question */
  next(): { readonly bytes: Buffer; readonly isQuestion: boolean } {
    if (this.#waiting.length === 0) this.#waiting = this.#login();
    const bytes = this.#waiting.shift()!;
    return { bytes, isQuestion: this.#waiting.length > 0 };
  }

  #login(): Buffer[] {
    const user = this.#random.between(1, this.#population.users);
    const isFailed = this.#random.chance(0.1);
    const hash = this.#random.chance(0.02)
      ? this.#random.pick(this.#hashes)
      : this.#hashes[user % this.#hashes.length]!;
    const facts = {
      attrs: { ja3: hash },
      device_id: '"name" "Thunderbird" "version" "128.5.0"',
      fail_type: '',
      login: `user${user}@example.org`,
      protocol: 'imap',
      pwhash: '0154',
      remote: `10.${(user >> 16) & 255}.${(user >> 8) & 255}.${user & 255}`,
      session_id: `${this.#count++}`.padStart(16, 's'),
    };
    const question = this.#request('allow', { ...facts, tls: true });
    const report = { ...facts, fail_type: isFailed ? 'credentials' : '', success: !isFailed, policy_reject: false };
    const reported = this.#request('report', { ...report, tls: true });
    return isFailed ? [question, reported] : [question, question, reported];
  }

  /** With the headers of Dovecot 2.4. */
  #request(command: string, body: object): Buffer {
    const text = JSON.stringify(body);
    const lines = [
      `POST /?command=${command} HTTP/1.1`,
      'Host: 127.0.0.1:8084',
      'Date: Sun, 22 Nov 2026 12:00:00 GMT',
      `Authorization: Basic ${Buffer.from(`dovecot:${this.#population.password}`).toString('base64')}`,
      'User-Agent: dovecot/auth-policy-client',
      `Content-Length: ${Buffer.byteLength(text)}`,
      'Connection: Keep-Alive',
      'Content-Type: application/json',
    ];
    return Buffer.from(`${lines.join('\r\n')}\r\n\r\n${text}`);
  }
}
