import type { Requests } from './load.js';
import type { MadeLogin, Population } from './population.js';
import { sessionOf } from './session.js';

/** What a mail server sends of a login: Dovecot asks before and after the password is tried, and reports. A login that fails is asked about once. */
export class Logins {
  readonly #population: Population;
  readonly #authorization: string;
  #count = 0;

  /** @param password of Basic */
  constructor(population: Population, password: string) {
    this.#population = population;
    this.#authorization = Buffer.from(`dovecot:${password}`).toString('base64');
  }

  readonly next = (): Requests => {
    const made = this.#population.next();
    const { right } = made;
    const facts = factsOf(made, sessionOf(`load ${this.#count++}`));
    const question = this.#request('allow', { ...facts, tls: true });
    const ended = { fail_type: right ? '' : 'credentials', success: right, policy_reject: false };
    const report = this.#request('report', { ...facts, ...ended, tls: true });
    return right ? [question, question, report] : [question, report];
  };

  /** With the headers of Dovecot 2.4. */
  #request(command: string, body: object): Buffer {
    const text = JSON.stringify(body);
    const lines = [
      `POST /?command=${command} HTTP/1.1`,
      'Host: 127.0.0.1:8084',
      'Date: Sun, 22 Nov 2026 12:00:00 GMT',
      `Authorization: Basic ${this.#authorization}`,
      'User-Agent: dovecot/auth-policy-client',
      `Content-Length: ${Buffer.byteLength(text)}`,
      'Connection: Keep-Alive',
      'Content-Type: application/json',
    ];
    return Buffer.from(`${lines.join('\r\n')}\r\n\r\n${text}`);
  }
}

function factsOf({ user, remote, ja3, protocol, clientId }: MadeLogin, session: string) {
  return {
    attrs: { ja3 },
    device_id: clientId?.map((pair) => pair.map((text) => `"${text}"`).join(' ')).join(' ') ?? '',
    fail_type: '',
    login: user,
    protocol,
    pwhash: '0154',
    remote,
    session_id: session,
  };
}
