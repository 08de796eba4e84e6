import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { sieveBackendDialogue, sieveClientDialogue } from '../../../../src/proxy/sieve/index.js';
import {
  backendSettings,
  bytesOf,
  clientSettings,
  exampleIdentity,
  LoginPair,
  latin1,
  told,
} from '../../../harness/login-pair.js';

const base64 = (text: string): string => Buffer.from(text, 'latin1').toString('base64');
const unbase64 = (text: string): string => Buffer.from(text, 'base64').toString('latin1');

/** What a server is told of a login, by what it offers: its answers are fixed, and the responses to them are the login. */
const servers: Readonly<Record<string, (pair: LoginPair) => string>> = {
  PLAIN: (pair) => {
    pair.fromBackend(bytesOf('"SASL" "PLAIN"\r\nOK\r\n'));
    const initial = /^AUTHENTICATE "PLAIN" (?:"([^"]*)"|\{\d+\+\}\r\n(\S*))\r\n$/.exec(pair.toBackend);
    pair.fromBackend(bytesOf('OK\r\n'));
    return unbase64(initial?.[1] ?? initial?.[2] ?? '')
      .slice(1)
      .replace('\0', '\n');
  },
  LOGIN: (pair) => {
    pair.fromBackend(bytesOf('"SASL" "LOGIN"\r\nOK\r\n'));
    pair.fromBackend(bytesOf('"VXNlcm5hbWU6"\r\n'));
    pair.fromBackend(bytesOf('"UGFzc3dvcmQ6"\r\n'));
    pair.fromBackend(bytesOf('OK\r\n'));
    const responses = /^AUTHENTICATE "LOGIN"\r\n"([^"]*)"\r\n"([^"]*)"\r\n$/.exec(pair.toBackend);
    return responses === null ? '' : `${unbase64(responses[1]!)}\n${unbase64(responses[2]!)}`;
  },
};

const octets = (without: readonly number[], minLength: number, maxLength: number) =>
  fc
    .array(
      fc.integer({ min: 0, max: 255 }).filter((octet) => !without.includes(octet)),
      { minLength, maxLength },
    )
    .map((all) => latin1(Uint8Array.from(all)));

describe('both halves of ManageSieve together', () => {
  it("hand a user's name and password on exactly, however they are said and however the backend takes them", () => {
    const literal = (text: string) => `{${text.length}+}\r\n${text}`;
    const ways: readonly ((user: string, password: string) => string[])[] = [
      (user, password) => [`AUTHENTICATE "PLAIN" "${base64(`\0${user}\0${password}`)}"`],
      (user, password) => [`AUTHENTICATE "PLAIN" ${literal(base64(`\0${user}\0${password}`))}`],
      (user, password) => ['AUTHENTICATE "PLAIN"', literal(base64(`\0${user}\0${password}`))],
      (user, password) => ['AUTHENTICATE "LOGIN"', `"${base64(user)}"`, literal(base64(password))],
    ];
    const text = octets([0], 1, 500);
    fc.assert(
      fc.property(
        text,
        text,
        fc.constantFrom(...ways),
        fc.constantFrom(...Object.keys(servers)),
        (user, password, way, server) => {
          const limits = { maxLine: 4096, maxBadCommands: 3, maxAttempts: 3 };
          const pair = new LoginPair(sieveClientDialogue(clientSettings({ limits })), () =>
            sieveBackendDialogue(backendSettings()),
          );
          for (const line of way(user, password)) pair.fromClient(bytesOf(`${line}\r\n`));
          expect(servers[server]!(pair)).toBe(`${user}\n${password}`);
          expect(pair.loggedIn).toBe(true);
        },
      ),
      { numRuns: 400 },
    );
  });

  const secret = 'hunter2';
  const base64Secret = base64(`\0u\0${secret}`);
  const clientWords = [
    `AUTHENTICATE "PLAIN" "${base64Secret}"\r\n`,
    `AUTHENTICATE "PLAIN" {${base64Secret.length}+}\r\n${base64Secret}\r\n`,
    'AUTHENTICATE "PLAIN"\r\n',
    `"${base64Secret}"\r\n`,
    'AUTHENTICATE "CRAM-MD5"\r\n',
    '"dTE="\r\n',
    '"*"\r\n',
    'STARTTLS\r\n',
    'CAPABILITY\r\n',
    'NOOP\r\n',
    'NOOP {3+}\r\n',
    'XCLIENT ADDR=192.0.2.7\r\n',
    'FOO\r\n',
    '"',
    '\\',
    '(',
    '{2}',
    '\r\n',
    '\n',
    '\0',
    'NO',
  ];
  const backendWords = [
    '"SASL" "PLAIN CRAM-MD5"\r\n',
    '"XCLIENT"\r\n',
    'OK\r\n',
    'OK (SASL "dj0=") "in"\r\n',
    'NO "no"\r\n',
    'NO (TRYLATER) {2}\r\n',
    'BYE\r\n',
    '"PDE+"\r\n',
    '""\r\n',
    '"',
    '{3}\r\n',
    'abc',
    '\r\n',
    '\0',
  ];
  /** What gets a login as far as its attempt. */
  const introduction = '"SASL" "PLAIN CRAM-MD5"\r\n"XCLIENT"\r\nOK\r\nOK "Updated"\r\n';
  const chunk = (words: readonly string[]) =>
    fc.oneof(
      { weight: 6, arbitrary: fc.constantFrom(...words) },
      {
        weight: 6,
        arbitrary: fc.array(fc.constantFrom(...words), { minLength: 1, maxLength: 4 }).map((all) => all.join('')),
      },
      { weight: 1, arbitrary: octets([], 1, 40) },
    );

  it('take whatever either side says: no throw, one attempt at a time, secrets to the backend only, and an end', () => {
    const turns = fc.array(
      fc.oneof(
        fc.record({ from: fc.constant('client' as const), text: chunk(clientWords) }),
        fc.record({ from: fc.constant('backend' as const), text: chunk(backendWords) }),
      ),
      { maxLength: 40 },
    );
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
          sieveClientDialogue(settings),
          () => sieveBackendDialogue(backendSettings({ identity: exampleIdentity })),
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
      const settings = clientSettings({ secured: false, starttls: true, cleartext: true });
      const pair = new LoginPair(sieveClientDialogue(settings), () => sieveBackendDialogue(backendSettings()));
      for (const { from, text } of said) {
        for (const piece of cut ? text : [text]) {
          if (from === 'client') pair.fromClient(bytesOf(piece));
          else pair.fromBackend(bytesOf(piece));
        }
      }
      return [pair.toClient, pair.toBackend, ...pair.outcomes].join('\n---\n');
    };
    // Where TLS or a relay takes over, what comes in one piece with it is not what comes after it.
    const words = clientWords.filter((word) => word !== 'STARTTLS\r\n');
    const turns = fc.array(
      fc.oneof(
        fc.record({ from: fc.constant('client' as const), text: chunk(words) }),
        fc.record({ from: fc.constant('backend' as const), text: fc.constantFrom(...backendWords) }),
      ),
      { maxLength: 30 },
    );
    fc.assert(
      fc.property(turns, (said) => {
        expect(run(said, true)).toBe(run(said, false));
      }),
      { numRuns: 500 },
    );
  });
});
