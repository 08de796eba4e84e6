import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { pop3BackendDialogue, pop3ClientDialogue } from '../../../../src/proxy/pop3/index.js';
import {
  backendSettings,
  bytesOf,
  clientSettings,
  exampleIdentity,
  LoginPair,
  latin1,
  told,
} from '../../../harness/login-pair.js';

/** A POP3 server that takes any login and remembers it, as the line it came in or as what its base64 says. */
class Server {
  readonly logins: string[] = [];
  #user: string | null = null;
  #asked: 'PLAIN' | 'LOGIN user' | 'LOGIN password' | null = null;
  readonly #capabilities: readonly string[];

  constructor(capabilities: readonly string[]) {
    this.#capabilities = capabilities;
  }

  /** @returns the answer to one line */
  answer(line: string): string {
    if (this.#asked === 'PLAIN') return this.#plain(line);
    if (this.#asked === 'LOGIN user') {
      this.#user = Buffer.from(line, 'base64').toString('latin1');
      this.#asked = 'LOGIN password';
      return '+ UGFzc3dvcmQ6';
    }
    if (this.#asked === 'LOGIN password') return this.#login(Buffer.from(line, 'base64').toString('latin1'));
    const [verb, rest] = [line.slice(0, 4), line.slice(5)];
    if (verb === 'CAPA') return ['+OK', ...this.#capabilities, '.'].join('\r\n');
    if (verb === 'USER') {
      this.#user = rest;
      return '+OK';
    }
    if (verb === 'PASS') return this.#login(rest);
    if (line === 'AUTH PLAIN') this.#asked = 'PLAIN';
    if (line === 'AUTH LOGIN') this.#asked = 'LOGIN user';
    if (this.#asked !== null) return '+ ';
    return line.startsWith('AUTH PLAIN ') ? this.#plain(line.slice('AUTH PLAIN '.length)) : '-ERR what?';
  }

  #plain(base64: string): string {
    const [, user, password] = Buffer.from(base64, 'base64').toString('latin1').split('\0');
    this.#user = user!;
    return this.#login(password!);
  }

  #login(password: string): string {
    this.logins.push(`${this.#user}\n${password}`);
    return '+OK Logged in.';
  }
}

const octets = (without: readonly number[], minLength: number, maxLength: number) =>
  fc
    .array(
      fc.integer({ min: 0, max: 255 }).filter((octet) => !without.includes(octet)),
      { minLength, maxLength },
    )
    .map((all) => latin1(Uint8Array.from(all)));

describe('both halves of POP3 together', () => {
  it("hand a user's name and password on exactly, however they are said and however the backend takes them", () => {
    const base64 = (text: string) => Buffer.from(text, 'latin1').toString('base64');
    const ways: readonly ((user: string, password: string) => string[])[] = [
      (user, password) => [`USER ${user}`, `PASS ${password}`],
      (user, password) => [`AUTH PLAIN ${base64(`\0${user}\0${password}`)}`],
      (user, password) => ['AUTH PLAIN', base64(`\0${user}\0${password}`)],
      (user, password) => ['AUTH LOGIN', base64(user), base64(password)],
    ];
    const text = octets([0, 10, 13], 1, 250);
    const backends = [['SASL PLAIN'], ['SASL LOGIN'], ['USER']] as const;
    fc.assert(
      fc.property(text, text, fc.constantFrom(...ways), fc.constantFrom(...backends), (user, password, way, offers) => {
        const server = new Server(offers);
        const client = pop3ClientDialogue(
          clientSettings({ limits: { maxLine: 2048, maxBadCommands: 3, maxAttempts: 3 } }),
        );
        const pair = new LoginPair(client, () => pop3BackendDialogue(backendSettings()));
        for (const line of way(user, password)) pair.fromClient(bytesOf(`${line}\r\n`));
        pair.fromBackend(bytesOf('+OK ready\r\n'));
        let read = 0;
        while (pair.toBackend.length > read) {
          const line = pair.toBackend.slice(read, pair.toBackend.indexOf('\r\n', read));
          read += line.length + 2;
          pair.fromBackend(bytesOf(`${server.answer(line)}\r\n`));
        }
        expect(server.logins).toEqual([`${user}\n${password}`]);
        expect(pair.loggedIn).toBe(true);
        // What the client says besides cannot have become a command.
        expect(
          pair.toBackend.split('\r\n').filter((line) => /^(?:USER|PASS|AUTH)/.test(line)).length,
        ).toBeLessThanOrEqual(2);
      }),
      { numRuns: 400 },
    );
  });

  const secret = 'hunter2';
  const base64Secret = Buffer.from(`\0u\0${secret}`).toString('base64');
  const clientWords = [
    `USER u\r\n`,
    `PASS ${secret}\r\n`,
    `AUTH PLAIN ${base64Secret}\r\n`,
    'AUTH PLAIN\r\n',
    `${base64Secret}\r\n`,
    'AUTH CRAM-MD5\r\n',
    'dTE=\r\n',
    '*\r\n',
    'STLS\r\n',
    'CAPA\r\n',
    'AUTH\r\n',
    'XCLIENT ADDR=192.0.2.7\r\n',
    'NOOP\r\n',
    '\r\n',
    '\n',
    '\0',
    '\r',
    'US',
    'ER',
  ];
  const backendWords = [
    '+OK\r\n',
    '+OK [XCLIENT] hi\r\n',
    '+ \r\n',
    '+ PDE+\r\n',
    '-ERR [AUTH] no\r\n',
    '-ERR [SYS/TEMP] later\r\n',
    '.\r\n',
    'SASL PLAIN CRAM-MD5\r\n',
    'USER\r\n',
    '+O',
    'K\r\n',
    '\0',
    '\r\n',
    'x',
  ];
  /** What gets a login as far as its attempt. */
  const introduction = '+OK [XCLIENT] hi\r\n+OK Updated\r\n+OK\r\nSASL PLAIN CRAM-MD5\r\nUSER\r\n.\r\n';
  const chunk = (words: readonly string[]) =>
    fc.oneof(
      { weight: 6, arbitrary: fc.constantFrom(...words) },
      {
        weight: 6,
        arbitrary: fc.array(fc.constantFrom(...words), { minLength: 1, maxLength: 4 }).map((all) => all.join('')),
      },
      { weight: 1, arbitrary: octets([], 1, 40) },
    );
  const turns = fc.array(
    fc.oneof(
      fc.record({ from: fc.constant('client' as const), text: chunk(clientWords) }),
      fc.record({ from: fc.constant('backend' as const), text: chunk(backendWords) }),
    ),
    { maxLength: 40 },
  );

  it('take whatever either side says: no throw, one attempt at a time, secrets to the backend only, and an end', () => {
    fc.assert(
      fc.property(turns, fc.boolean(), fc.boolean(), fc.boolean(), (said, secured, trusted, introduced) => {
        const settings = clientSettings({
          secured,
          starttls: true,
          cleartext: !secured,
          trusted,
          mechanisms: ['PLAIN', 'CRAM-MD5'],
        });
        const pair = new LoginPair(
          pop3ClientDialogue(settings),
          () => pop3BackendDialogue(backendSettings({ identity: exampleIdentity })),
          () => introduced && pair.fromBackend(bytesOf(introduction)),
        );
        for (const { from, text } of said) {
          if (from === 'client') pair.fromClient(bytesOf(text));
          else pair.fromBackend(bytesOf(text));
        }
        expect(pair.mostAtOnce).toBeLessThanOrEqual(1);
        expect(pair.outcomes.filter((outcome) => outcome === 'failed').length).toBeLessThanOrEqual(
          settings.limits.maxAttempts,
        );
        const elsewhere = pair.steps.filter(({ step }) => step !== 'attempt' && step !== 'response' && step !== 'send');
        const shown =
          told(elsewhere).join('\n') + pair.toClient + JSON.stringify(pair.steps.filter(({ step }) => step !== 'send'));
        expect(shown).not.toContain(secret);
        expect(shown).not.toContain(base64Secret);
      }),
      { numRuns: 3000 },
    );
  });

  it('say the same however the bytes are cut', () => {
    const run = (said: readonly { from: 'client' | 'backend'; text: string }[], cut: boolean): string => {
      const pair = new LoginPair(
        pop3ClientDialogue(clientSettings({ secured: false, starttls: true, cleartext: true })),
        () => pop3BackendDialogue(backendSettings()),
      );
      for (const { from, text } of said) {
        for (const piece of cut ? text : [text]) {
          if (from === 'client') pair.fromClient(bytesOf(piece));
          else pair.fromBackend(bytesOf(piece));
        }
      }
      return [pair.toClient, pair.toBackend, ...pair.outcomes].join('\n---\n');
    };
    // Where TLS or a relay takes over, what comes in one piece with it is not what comes after it.
    const words = clientWords.filter((word) => word !== 'STLS\r\n');
    const safe = fc.array(
      fc.oneof(
        fc.record({ from: fc.constant('client' as const), text: chunk(words) }),
        fc.record({ from: fc.constant('backend' as const), text: fc.constantFrom(...backendWords) }),
      ),
      { maxLength: 30 },
    );
    fc.assert(
      fc.property(safe, (said) => {
        expect(run(said, true)).toBe(run(said, false));
      }),
      { numRuns: 500 },
    );
  });
});
