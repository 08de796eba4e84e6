import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { Attempt } from '../../../../src/proxy/attempt.js';
import type { BackendStep, ClientDialogue, ClientStep } from '../../../../src/proxy/dialogue.js';
import { smtpBackendDialogue, smtpClientDialogue } from '../../../../src/proxy/smtp/index.js';
import { backendSettings, base64, bytes, clientSettings, identity, latin1, shown } from './dialogue.js';

/** A submission server that believes XCLIENT, and takes every password it is told. */
class Server {
  readonly lines: string[] = [];
  login: { user: string; password: string } | null = null;
  readonly #mechanism: 'PLAIN' | 'LOGIN';
  #asked: string[] = [];

  constructor(mechanism: 'PLAIN' | 'LOGIN') {
    this.#mechanism = mechanism;
  }

  answer(line: string): string {
    this.lines.push(line);
    const [verb, mechanism, initial] = line.split(' ');
    if (verb === 'EHLO')
      return `250-b\r\n250-AUTH ${this.#mechanism}\r\n250 XCLIENT HELO ADDR PORT DESTNAME FORWARD\r\n`;
    if (verb === 'XCLIENT') return '220 b\r\n';
    if (verb === 'AUTH' && mechanism === this.#mechanism) {
      if (initial === undefined) return '334 \r\n';
      return this.#done(Buffer.from(initial, 'base64').toString('latin1').split('\0').slice(1));
    }
    this.#asked.push(Buffer.from(line, 'base64').toString('latin1'));
    if (this.#mechanism === 'PLAIN') return this.#done(this.#asked[0]!.split('\0').slice(1));
    return this.#asked.length === 1 ? '334 \r\n' : this.#done(this.#asked);
  }

  #done(words: string[]): string {
    this.login = { user: words[0]!, password: words[1]! };
    return '235 2.7.0 ok\r\n';
  }
}

/** Logs in at a server with what the client dialogue has collected, byte for byte as a link does. */
function logIn(attempt: Attempt, server: Server, helo: string | undefined, serverName: string): Uint8Array {
  const who = helo === undefined ? identity({ serverName }) : identity({ serverName, helo });
  const dialogue = smtpBackendDialogue(backendSettings({ identity: who }));
  const queue: BackendStep[] = [...dialogue.push(bytes('220 b\r\n'))];
  for (;;) {
    const step = queue.shift()!;
    if (step.step === 'answer') {
      expect(step.outcome).toBe('succeeded');
      return step.reply;
    }
    if (step.step === 'ready') queue.push(...dialogue.begin(attempt));
    else if (step.step === 'send') {
      const line = latin1(step.bytes);
      expect(line).toMatch(/^[^\r\n\0]*\r\n$/);
      queue.push(...dialogue.push(bytes(server.answer(line.slice(0, -2)))));
    } else throw new Error(`an unexpected ${step.step}`);
  }
}

/** Cuts bytes where the numbers say. */
function cut(whole: Uint8Array, places: readonly number[]): Uint8Array[] {
  const cuts = [...new Set(places.map((place) => place % (whole.length + 1)))].sort((a, b) => a - b);
  return [0, ...cuts].map((from, i) => whole.subarray(from, cuts[i] ?? whole.length));
}

const octets = (minLength: number, maxLength: number) =>
  fc.uint8Array({ minLength, maxLength }).map((array) => latin1(array.map((octet) => octet || 0x41)));

/** What may stand behind EHLO: of any length and any octets, but for those that a command cannot have. */
const name = fc
  .uint8Array({ maxLength: 60 })
  .map((array) => `h${latin1(array.map((octet) => (octet < 0x20 || octet === 0x7f ? 0x2e : octet)))}`);

describe('both halves together', () => {
  it('carry every name and password to the server exactly, and what follows to the backend', () => {
    const ways = fc.constantFrom('PLAIN with it', 'PLAIN', 'LOGIN with it', 'LOGIN');
    fc.assert(
      fc.property(
        octets(1, 255),
        octets(0, 400),
        ways,
        fc.constantFrom('PLAIN' as const, 'LOGIN' as const),
        fc.uint8Array({ maxLength: 300 }),
        fc.array(fc.nat(), { maxLength: 6 }),
        name,
        (user, password, way, backend, rest, places, name) => {
          const said: Record<typeof way, string[]> = {
            'PLAIN with it': [`AUTH PLAIN ${base64(`\0${user}\0${password}`)}`],
            PLAIN: ['AUTH PLAIN', base64(`\0${user}\0${password}`)],
            'LOGIN with it': [`AUTH LOGIN ${base64(user)}`, base64(password)],
            LOGIN: ['AUTH LOGIN', base64(user), base64(password)],
          };
          const lines = [`EHLO ${name}`, ...said[way]!].map((line) => `${line}\r\n`).join('');
          const client = smtpClientDialogue(clientSettings());
          const steps: ClientStep[] = [];
          for (const piece of cut(Buffer.concat([bytes(lines), rest]), places)) steps.push(...client.push(piece));
          const attempts = steps.filter((step) => step.step === 'attempt');
          const helo = steps.find((step) => step.step === 'helo')?.name;
          expect(attempts).toHaveLength(1);
          const server = new Server(backend);
          const reply = logIn(attempts[0]!.attempt, server, helo, name);
          expect(server.login).toEqual({ user, password });
          expect(server.lines.filter((line) => line.startsWith('XCLIENT'))).toHaveLength(1);
          expect(shown(client.finish('succeeded', reply))).toEqual(['235 2.7.0 ok']);
          expect(latin1(client.rest())).toBe(latin1(rest));
        },
      ),
      { numRuns: 500 },
    );
  });
});

const line = fc.oneof(
  fc.constantFrom(
    'EHLO a',
    'HELO a',
    'STARTTLS',
    'AUTH PLAIN',
    'AUTH LOGIN',
    'AUTH CRAM-MD5',
    'AUTH PLAIN AHRpbQBzZWNyZXQ=',
    'AUTH XOAUTH2 =',
    'AHRpbQBzZWNyZXQ=',
    'dGlt',
    '',
    '*',
    'NOOP',
    'RSET',
    'MAIL FROM:<a@b>',
    'BDAT 3 LAST',
    'XCLIENT ADDR=192.0.2.7 FORWARD=YT1i',
    'QUIT',
  ),
  fc.string({ unit: 'binary-ascii', maxLength: 20 }),
);
const hostile = fc.oneof(
  { weight: 6, arbitrary: line.map((text) => bytes(`${text}\r\n`)) },
  { weight: 1, arbitrary: line.map((text) => bytes(text)) },
  { weight: 1, arbitrary: fc.uint8Array({ maxLength: 300 }) },
);

describe('a hostile client', () => {
  type Move = { readonly said: Uint8Array } | { readonly end: 'succeeded' | 'failed' | 'unavailable' | 'challenge' };
  const move: fc.Arbitrary<Move> = fc.oneof(
    { weight: 3, arbitrary: hostile.map((said) => ({ said })) },
    {
      weight: 1,
      arbitrary: fc.constantFrom('succeeded', 'failed', 'unavailable', 'challenge').map((end) => ({ end }) as const),
    },
  );
  const limits = { maxLine: 200, maxBadCommands: 20, maxAttempts: 10 };

  /** Plays a session's part, and watches. */
  function play(client: ClientDialogue, moves: readonly Move[]): void {
    let waiting: 'attempt' | 'proceed' | null = null;
    let exchanging = false;
    let closed = false;
    const take = (steps: readonly ClientStep[]): void => {
      shown(steps); // lines are whole
      for (const step of steps) {
        expect(closed, 'something behind the end').toBe(false);
        switch (step.step) {
          case 'attempt':
          case 'proceed':
            expect(waiting, 'two attempts at a time').toBeNull();
            waiting = step.step;
            exchanging = step.step === 'attempt' && step.attempt.credentials.kind === 'sasl';
            break;
          case 'response':
            expect(waiting).toBe('attempt');
            exchanging = true;
            break;
          case 'start_tls':
            expect(waiting).toBeNull();
            take(client.startTls());
            take(client.push(bytes('EHLO evil\r\nAUTH PL')));
            take(client.secured());
            break;
          case 'close':
            closed = true;
            break;
          case 'send':
            if (waiting !== null) expect(latin1(step.bytes), 'an answer to what waits').toMatch(/^421 /);
            break;
          default:
        }
      }
    };
    take(client.greet());
    for (const next of moves) {
      if ('said' in next) take(client.push(next.said));
      else if (waiting === null || closed) continue;
      else if (next.end === 'challenge') {
        if (!exchanging) continue;
        exchanging = false;
        const challenge = client.challenge(bytes('<1@a>'));
        expect(shown(challenge)[0]).toMatch(/^334 /);
        take(challenge.slice(1));
      } else {
        const was = waiting;
        waiting = null;
        exchanging = false;
        const steps = client.finish(next.end, null);
        if (next.end !== 'succeeded') expect(shown(steps)[0]).toMatch(was === 'proceed' ? /^451 / : /^(?:454|535) /);
        take(steps);
        if (next.end === 'succeeded') {
          client.rest();
          return;
        }
      }
    }
    expect(client.rest().length).toBeLessThanOrEqual(2 * limits.maxLine + 300);
  }

  it('gets one answer at a time, and nothing else happens', () => {
    fc.assert(
      fc.property(
        fc.array(move, { maxLength: 40 }),
        fc.boolean(),
        fc.boolean(),
        fc.boolean(),
        (moves, secured, optional, trusted) => {
          play(
            smtpClientDialogue(clientSettings({ secured, trusted, cleartext: !secured && trusted, limits }), optional),
            moves,
          );
        },
      ),
      { numRuns: 1500 },
    );
  });
});

describe('a hostile backend', () => {
  const reply = fc.oneof(
    fc.constantFrom(
      '220 a',
      '220 a\r\n250 injected',
      '250-a\r\n250-STARTTLS\r\n250-XCLIENT ADDR PORT FORWARD\r\n250 AUTH PLAIN CRAM-MD5',
      '250-a\r\n250 AUTH LOGIN',
      '250 a',
      '334 ',
      '334 VXNlcm5hbWU6',
      '334 no base64',
      '235 ok',
      '535-no\r\n535 no',
      '454 later',
      '421 bye',
      '501 what',
    ),
    fc.string({ unit: 'binary-ascii', maxLength: 30 }),
  );
  const pieces = fc.oneof(
    { weight: 6, arbitrary: reply.map((text) => bytes(`${text}\r\n`)) },
    { weight: 1, arbitrary: fc.uint8Array({ maxLength: 50 }) },
  );
  const attempts: readonly (() => Attempt)[] = [
    () => collected(['EHLO a', `AUTH PLAIN ${base64('\0tim\0secret')}`]),
    () => collected(['EHLO a', 'AUTH CRAM-MD5']),
  ];

  function collected(lines: readonly string[]): Attempt {
    const client = smtpClientDialogue(clientSettings());
    const last = client.push(bytes(lines.map((text) => `${text}\r\n`).join(''))).at(-1);
    if (last?.step !== 'attempt') throw new Error('no attempt');
    return last.attempt;
  }

  it('is used once, and believed in nothing behind its end', () => {
    fc.assert(
      fc.property(
        fc.array(pieces, { maxLength: 25 }),
        fc.constantFrom('none' as const, 'starttls' as const),
        fc.boolean(),
        fc.constantFrom(...attempts),
        (said, tls, tell, attempt) => {
          const dialogue = smtpBackendDialogue(backendSettings({ tls, identity: tell ? identity() : null }));
          let ready = 0;
          let secured = tls === 'none';
          let over: string | null = null;
          const take = (steps: readonly BackendStep[]): void => {
            for (const step of steps) {
              expect(over, 'something behind the end').toBeNull();
              switch (step.step) {
                case 'send':
                  expect(latin1(step.bytes)).toMatch(/^[^\r\n\0]*\r\n$/);
                  // Neither who the client is nor its password goes over a link that is to have TLS and has none.
                  if (!secured) expect(latin1(step.bytes)).toMatch(/^(?:EHLO|STARTTLS)\b/);
                  break;
                case 'start_tls':
                  expect(secured).toBe(false);
                  secured = true;
                  take(dialogue.secured());
                  break;
                case 'ready':
                  ready++;
                  expect(secured).toBe(true);
                  break;
                case 'challenge':
                  take(dialogue.respond(bytes('x')));
                  break;
                default:
                  over = step.step;
              }
            }
          };
          for (const piece of said) {
            const before = ready;
            take(dialogue.push(piece));
            if (before === 0 && ready === 1 && over === null) take(dialogue.begin(attempt()));
          }
          expect(ready).toBeLessThanOrEqual(1);
        },
      ),
      { numRuns: 1500 },
    );
  });
});
