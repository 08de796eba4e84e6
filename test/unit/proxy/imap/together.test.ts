import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { Attempt } from '../../../../src/proxy/attempt.js';
import type { BackendStep, ClientDialogue, ClientStep } from '../../../../src/proxy/dialogue.js';
import { imapBackendDialogue, imapClientDialogue } from '../../../../src/proxy/imap/index.js';
import { latin1 } from '../../../../src/proxy/lines.js';
import { Secret } from '../../../../src/proxy/secret.js';
import { backendSettings, base64, bytes, clientSettings, shown, shownAttempt } from './dialogue.js';
import { ScriptedServer } from './scripted-server.js';

/** Cuts text into pieces of the given sizes, over and over. */
function cut(text: string, sizes: readonly number[]): Uint8Array[] {
  const pieces: Uint8Array[] = [];
  for (let at = 0; at < text.length; ) {
    const size = sizes[pieces.length % sizes.length]!;
    pieces.push(bytes(text.slice(at, at + size)));
    at += size;
  }
  return pieces;
}

const sizes = fc.array(fc.integer({ min: 1, max: 40 }), { minLength: 1, maxLength: 20 });
const text = (units: fc.Arbitrary<string>, minLength: number, maxLength: number) =>
  fc.array(units, { minLength, maxLength }).map((parts) => parts.join(''));
const octet = fc.integer({ min: 1, max: 255 }).map((code) => String.fromCharCode(code));
const nasty = fc.constantFrom('\r\n', '"', '\\', '{5}', '{5+}\r\n', ' ', '*', 'a LOGOUT\r\n', '\r', '\n', '\xe9');
const name = text(fc.oneof(octet, nasty, fc.constantFrom('a', 'b', '@')), 1, 30);
const password = text(fc.oneof(octet, nasty), 0, 60);

describe('a client, the proxy and a backend', () => {
  /** How a client can write a string (RFC 9051 section 4.3). */
  const quotable = (value: string) => !/[\r\n]/.test(value);
  const quoted = (value: string) => `"${value.replace(/["\\]/g, '\\$&')}"`;
  const spellings = {
    quoted: (user: string, secret: string) => {
      const string = (value: string) => (quotable(value) ? quoted(value) : `{${value.length}+}\r\n${value}`);
      return `t1 LOGIN ${string(user)} ${string(secret)}\r\n`;
    },
    literals: (user: string, secret: string) =>
      `t1 login {${user.length}}\r\n${user} {${secret.length}}\r\n${secret}\r\n`,
    plain: (user: string, secret: string) => `t1 AUTHENTICATE PLAIN ${base64(`\0${user}\0${secret}`)}\r\n`,
    asked: (user: string, secret: string) => `t1 Authenticate Plain\r\n${base64(`\0${user}\0${secret}`)}\r\n`,
    login: (user: string, secret: string) => `t1 AUTHENTICATE LOGIN\r\n${base64(user)}\r\n${base64(secret)}\r\n`,
  };

  it('tells the backend exactly the user and the password, and nothing else', () => {
    fc.assert(
      fc.property(
        name,
        password,
        fc.constantFrom(...Object.values(spellings)),
        fc.constantFrom('X SASL-IR AUTH=PLAIN', 'X AUTH=PLAIN', 'X AUTH=LOGIN', 'X', 'X LITERAL+', 'X LITERAL-'),
        sizes,
        text(fc.oneof(octet, nasty), 0, 30),
        text(fc.oneof(octet, nasty), 0, 30),
        (user, secret, spell, words, cuts, ahead, behind) => {
          const client = imapClientDialogue(clientSettings());
          const backend = imapBackendDialogue(backendSettings());
          const server = new ScriptedServer(words, behind);
          const toClient: string[] = [];
          backend.push(bytes(server.greet()));

          const fromBackend = (steps: readonly BackendStep[]): void => {
            for (const step of steps) {
              if (step.step === 'send') {
                for (const piece of cut(server.push(step.bytes), cuts)) fromBackend(backend.push(piece));
              } else if (step.step === 'answer') fromClient(client.finish(step.outcome, step.reply));
              else throw new Error(`unexpected ${step.step}`);
            }
          };
          const fromClient = (steps: readonly ClientStep[]): void => {
            for (const step of steps) {
              if (step.step === 'send') toClient.push(latin1(step.bytes));
              else if (step.step === 'attempt') fromBackend(backend.begin(step.attempt));
              else throw new Error(`unexpected ${step.step}`);
            }
          };
          client.greet();
          // What a client sends ahead of its answer waits here, in a session's way: nothing is pushed after success.
          const sent = cut(`${spell(user, secret)}${ahead}`, cuts);
          let pushed = 0;
          while (server.received.length === 0 && pushed < sent.length) fromClient(client.push(sent[pushed++]!));

          expect(server.received).toEqual([{ authorization: '', user, password: secret }]);
          expect(server.others).toEqual([]);
          expect(toClient.filter((line) => !line.startsWith('+ '))).toEqual([
            '* CAPABILITY IMAP4rev1\r\nt1 OK Logged in\r\n',
          ]);
          expect(latin1(client.rest()) + sent.slice(pushed).map(latin1).join('')).toBe(ahead);
          expect(latin1(backend.rest())).toBe(behind);
        },
      ),
      { numRuns: 1500 },
    );
  });
});

/** Pieces of commands, whole and broken, and what is none. `S3CRET` is where only a password is. */
const fragment = fc.oneof(
  fc.constantFrom(
    'a LOGIN joe S3CRET\r\n',
    'b LOGIN "joe" {6+}\r\nS3CRET\r\n',
    'c LOGIN {3}\r\njoe {6}\r\nS3CRET\r\n',
    `d AUTHENTICATE PLAIN ${base64('\0joe\0S3CRET')}\r\n`,
    'e AUTHENTICATE PLAIN\r\n',
    `${base64('\0joe\0S3CRET')}\r\n`,
    'f AUTHENTICATE LOGIN\r\n',
    'g AUTHENTICATE CRAM-MD5\r\n',
    `h AUTHENTICATE SCRAM-SHA-256 ${base64('n,,n=joe,r=abc')}\r\n`,
    `${base64('joe b913a602c7eda7a495b4e6e7334d3890')}\r\n`,
    '*\r\n',
    '\r\n',
    'i CAPABILITY\r\n',
    'j NOOP\r\n',
    'k ID ("name" "x" "x-originating-ip" "192.0.2.1")\r\n',
    'l ENABLE X\r\n',
    'm STARTTLS\r\n',
    'n LOGOUT\r\n',
  ),
  fc.constantFrom(
    'a LOGIN ',
    '"',
    '(',
    ')',
    '{3}\r\n',
    '{3+}\r\n',
    '~{2+}\r\n',
    '{99999}\r\n',
    ' ',
    'x',
    '\r',
    '\n',
    '\0',
    '\xff',
  ),
  octet,
);
const conversation = text(fragment, 0, 25);
const outcomes = fc.array(fc.constantFrom('succeeded', 'failed', 'unavailable', 'challenge' as const), {
  minLength: 1,
  maxLength: 6,
});

/** Plays a session that decides attempts by a list, as soon as they come, and checks what must always hold. @returns all that was done */
function play(client: ClientDialogue, sent: readonly Uint8Array[], decisions: readonly string[]): string[] {
  const done: string[] = [];
  let decided = 0;
  let closed = false;
  let outstanding = false;
  let challenged = false;
  const take = (steps: readonly ClientStep[]): void => {
    for (const step of steps) {
      expect(closed, 'a step after the last').toBe(false);
      // What is for the backend may hold secrets, and nothing else.
      if (step.step !== 'attempt' && step.step !== 'response') {
        const seen = JSON.stringify(shown([step]));
        expect(seen).not.toContain('S3CRET');
        expect(seen).not.toContain(base64('\0joe\0S3CRET'));
      }
      done.push(...shown([step]));
      if (step.step === 'send') expect(latin1(step.bytes)).toMatch(/^(?:[^\r\n\0]*\r\n)+$/);
      if (step.step === 'close') closed = true;
      if (step.step === 'attempt') {
        expect(outstanding, 'a second attempt').toBe(false);
        outstanding = true;
        decide();
      } else if (step.step === 'response') {
        expect(challenged, 'a response to no challenge').toBe(true);
        challenged = false;
        decide();
      } else if (step.step === 'start_tls') {
        take(client.startTls());
        take(client.push(bytes('z NOOP\r\n')));
        take(client.secured());
      }
    }
  };
  const decide = (): void => {
    const decision = decisions[decided++ % decisions.length]!;
    if (decision === 'challenge') {
      challenged = true;
      take(client.challenge(bytes('c')));
      return;
    }
    outstanding = false;
    if (decision === 'succeeded') closed = true;
    const steps = client.finish(decision as 'failed', null);
    if (decision !== 'succeeded') take(steps);
  };
  take(client.greet());
  for (const piece of sent) if (!closed) take(client.push(piece));
  expect(client.rest().length).toBeLessThanOrEqual(2 * 200 + Math.max(0, ...sent.map((piece) => piece.length)));
  return done;
}

describe('hostile clients', () => {
  const limits = { maxLine: 200, maxBadCommands: 4, maxAttempts: 4 };

  it('come to the same however their bytes come in, and to no two attempts at once', () => {
    let attempts = 0;
    fc.assert(
      fc.property(conversation, sizes, outcomes, fc.boolean(), (sent, cuts, decisions, secured) => {
        const run = (pieces: readonly Uint8Array[]) =>
          play(imapClientDialogue(clientSettings({ secured, cleartext: true, limits })), pieces, decisions);
        const once = run(cut(sent, cuts));
        attempts += once.filter((step) => step.startsWith('(attempt')).length;
        // STARTTLS throws away what came with it, so where pieces end counts behind it.
        if (!once.includes('(start_tls)')) expect(run(cut(sent, [1]))).toEqual(once);
      }),
      { numRuns: 4000 },
    );
    expect(attempts).toBeGreaterThan(1000);
  });

  it('leave nothing of what was said in clear to what is said inside TLS', () => {
    fc.assert(
      fc.property(conversation, conversation, conversation, conversation, (before, behind, between, after) => {
        const client = imapClientDialogue(
          clientSettings({ secured: false, limits: { maxLine: 200, maxBadCommands: 1000, maxAttempts: 1000 } }),
        );
        client.greet();
        const harmless = before.replaceAll('STARTTLS', 'NOOP').replaceAll('LOGOUT', 'NOOP');
        const steps = [
          ...client.push(bytes(`${harmless}`)),
          ...client.push(bytes('\r\n*\r\n')),
          ...client.push(bytes(`z STARTTLS\r\n${behind}`)),
        ];
        fc.pre(steps.at(-1)?.step === 'start_tls');
        client.push(bytes(between));
        client.startTls();
        client.push(bytes(between));
        client.secured();
        const fresh = imapClientDialogue(
          clientSettings({ limits: { maxLine: 200, maxBadCommands: 1000, maxAttempts: 1000 } }),
        );
        fresh.greet();
        expect(shown(client.push(bytes(after)))).toEqual(shown(fresh.push(bytes(after))));
      }),
      { numRuns: 1500 },
    );
  });
});

describe('hostile backends', () => {
  const said = fc.oneof(
    {
      weight: 12,
      arbitrary: fc.constantFrom(
        '* OK [CAPABILITY X SASL-IR ID STARTTLS AUTH=PLAIN] hi\r\n',
        '* OK hi\r\n',
        '* CAPABILITY X AUTH=PLAIN\r\n',
        'C OK\r\n',
        'S OK\r\n',
        'I OK Trusted ID\r\n',
        '+ \r\n',
        `+ ${base64('challenge')}\r\n`,
        't OK [CAPABILITY X] in\r\n',
        't NO [UNAVAILABLE] x\r\n',
        't NO no\r\n',
        '* 1 EXISTS\r\n',
        '* X {4}\r\n',
      ),
    },
    fc.constantFrom('* PREAUTH\r\n', '* BYE\r\n', '*', '+', ' ', 't ', '{9}\r\n', '\r', '\n', '\0', '\xff', '['),
    octet,
  );
  /** What gets a backend as far as an attempt, so that not all end at the greeting. */
  const beginnings = {
    none: ['', '* OK [CAPABILITY X AUTH=PLAIN] hi\r\n', '* OK [CAPABILITY X] hi\r\n'],
    starttls: ['', '* OK hi\r\nS OK\r\n', '* OK hi\r\nS OK\r\n'],
  };
  const attempt = (kind: boolean): Attempt => ({
    mechanism: kind ? 'PLAIN' : 'CRAM-MD5',
    user: 'joe',
    tag: 't',
    credentials: kind
      ? { kind: 'password', authorization: bytes(''), user: bytes('joe'), password: new Secret(bytes('S3CRET')) }
      : { kind: 'sasl', initial: null },
  });

  it('never get more than was meant for them, and say nothing after their last word', () => {
    let answered = 0;
    fc.assert(
      fc.property(
        fc.array(text(said, 1, 4), { maxLength: 12 }),
        fc.boolean(),
        fc.constantFrom('none', 'starttls' as const),
        fc.nat(2),
        (pieces, kind, tls, beginning) => {
          const backend = imapBackendDialogue(backendSettings({ tls }));
          let over = false;
          let ready = false;
          const take = (steps: readonly BackendStep[]): void => {
            for (const step of steps) {
              expect(over, 'a step after the last').toBe(false);
              if (step.step !== 'send') expect(JSON.stringify(shown([step]))).not.toContain('S3CRET');
              if (step.step === 'broken' || step.step === 'answer') {
                over = true;
                expect(step.text).toMatch(/^[\x20-\x7e]*$/);
                if (step.step === 'answer') {
                  answered++;
                  expect(latin1(step.reply)).toMatch(/(?:^|\r\n)t (?:OK|NO|BAD)[^\r\n]*\r\n$/i);
                }
              }
              if (step.step === 'start_tls') take(backend.secured());
              if (step.step === 'ready') {
                expect(ready, 'ready twice').toBe(false);
                ready = true;
                expect(shownAttempt(attempt(kind))).toContain('joe');
                if (!over) take(backend.begin(attempt(kind)));
              }
              if (step.step === 'challenge') take(backend.respond(bytes('response')));
            }
          };
          take(backend.push(bytes(beginnings[tls][beginning] ?? '')));
          for (const piece of pieces) take(backend.push(bytes(piece)));
          if (ready) return;
          // Nobody asked it for anything: it has heard no more than what we ask ourselves.
          expect(over || backend.begin(attempt(kind)).length === 0).toBe(true);
        },
      ),
      { numRuns: 4000 },
    );
    expect(answered).toBeGreaterThan(50);
  });
});
