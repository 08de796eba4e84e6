import fc from 'fast-check';
import type { Protocol } from '../../src/proxy/index.js';
import { type Speech, speechOf } from './speech.js';

/** In every password, and nowhere else. */
export const SECRET = 'S3CRETPW';
const base64 = (text: string): string => Buffer.from(text, 'latin1').toString('base64');

/** What must be seen by the backend alone: the password, and what it is part of. */
export const secretForms: readonly string[] = [SECRET, base64(`\0u\0${SECRET}`), base64(SECRET)];

/** The same sessions each time, unless another seed is asked for. */
export const FUZZ_SEED = Number(process.env.FUZZ_SEED ?? 771);

/** A failing run prints the seed, and the path to its case. */
export function fuzzParameters(numRuns: number): { readonly numRuns: number; readonly seed: number } {
  return { numRuns, seed: FUZZ_SEED };
}

const plain = base64(`\0u\0${SECRET}`);
const good = base64('\0u\0p');
const cram = base64('u 0123456789abcdef0123456789abcdef');

/** What clients say, by protocol: whole, in an order in which it may come to something. */
const commands: Readonly<Record<Protocol, readonly string[]>> = {
  imap: [
    'l LOGIN u p\r\n',
    `l LOGIN u ${SECRET}\r\n`,
    `l LOGIN "u" {8+}\r\n${SECRET}\r\n`,
    `l LOGIN {1}\r\nu {8}\r\n${SECRET}\r\n`,
    `a AUTHENTICATE PLAIN ${good}\r\n`,
    `a AUTHENTICATE PLAIN\r\n${plain}\r\n`,
    `a AUTHENTICATE LOGIN\r\ndQ==\r\n${base64(SECRET)}\r\n`,
    `a AUTHENTICATE CRAM-MD5\r\n${cram}\r\n`,
    'a AUTHENTICATE CRAM-MD5\r\n*\r\n',
    'i ID ("name" "x" "x-originating-ip" "192.0.2.1")\r\n',
    'i ID NIL\r\n',
    'c CAPABILITY\r\n',
    'n NOOP\r\n',
    's STARTTLS\r\n',
    'e ENABLE X\r\n',
    'q LOGOUT\r\n',
    '{4294967295}\r\n',
    'l LOGIN {999999999999+}\r\n',
  ],
  pop3: [
    'USER u\r\nPASS p\r\n',
    `USER u\r\nPASS ${SECRET}\r\n`,
    `AUTH PLAIN ${good}\r\n`,
    `AUTH PLAIN\r\n${plain}\r\n`,
    `AUTH LOGIN\r\ndQ==\r\n${base64(SECRET)}\r\n`,
    `AUTH CRAM-MD5\r\n${cram}\r\n`,
    'AUTH CRAM-MD5\r\n*\r\n',
    'APOP u 0123456789abcdef0123456789abcdef\r\n',
    'XCLIENT ADDR=192.0.2.7 TTL=1\r\n',
    'XOIP 192.0.2.7\r\n',
    'CAPA\r\n',
    'STLS\r\n',
    'AUTH\r\n',
    'QUIT\r\n',
  ],
  submission: [
    'EHLO c\r\n',
    'HELO c\r\n',
    `AUTH PLAIN ${good}\r\n`,
    `EHLO c\r\nAUTH PLAIN ${plain}\r\n`,
    `AUTH PLAIN\r\n${plain}\r\n`,
    `AUTH LOGIN\r\ndQ==\r\n${base64(SECRET)}\r\n`,
    `AUTH CRAM-MD5\r\n${cram}\r\n`,
    'AUTH CRAM-MD5\r\n*\r\n',
    'MAIL FROM:<a@b>\r\n',
    'XCLIENT ADDR=192.0.2.7 PROTO=ESMTP\r\n',
    'STARTTLS\r\n',
    'BDAT 99999999999999999999 LAST\r\n',
    'NOOP\r\n',
    'RSET\r\n',
    'QUIT\r\n',
  ],
  smtp: [],
  sieve: [
    `AUTHENTICATE "PLAIN" "${good}"\r\n`,
    `AUTHENTICATE "PLAIN" "${plain}"\r\n`,
    `AUTHENTICATE "PLAIN" {${plain.length}+}\r\n${plain}\r\n`,
    `AUTHENTICATE "PLAIN"\r\n"${plain}"\r\n`,
    `AUTHENTICATE "LOGIN"\r\n"dQ=="\r\n"${base64(SECRET)}"\r\n`,
    `AUTHENTICATE "CRAM-MD5"\r\n"${cram}"\r\n`,
    'AUTHENTICATE "CRAM-MD5"\r\n"*"\r\n',
    'CAPABILITY\r\n',
    'NOOP "x"\r\n',
    'NOOP {99999999999+}\r\n',
    'STARTTLS\r\n',
    'XCLIENT ADDR=192.0.2.7\r\n',
    'LOGOUT\r\n',
  ],
};

/** Answers that a server could give at another time. */
const answers: Readonly<Record<Protocol, readonly string[]>> = {
  imap: [
    '+ \r\n',
    `+ ${base64('<1@b>')}\r\n`,
    '* BYE\r\n',
    'l OK in\r\n',
    'a NO [UNAVAILABLE] later\r\n',
    'l NO [UNAVAILABLE] later\r\n',
    '* X {9}\r\n',
    '* PREAUTH\r\n',
  ],
  pop3: ['+ \r\n', `+ ${base64('<1@b>')}\r\n`, '+OK in\r\n', '-ERR [SYS/TEMP] later\r\n', '-ERR no\r\n', '.\r\n'],
  submission: [
    '334 \r\n',
    `334 ${base64('<1@b>')}\r\n`,
    '235 in\r\n',
    '421 bye\r\n',
    '454 later\r\n',
    '250-x\r\n',
    '220 b\r\n',
  ],
  smtp: [],
  sieve: [
    `"${base64('<1@b>')}"\r\n`,
    '""\r\n',
    'OK\r\n',
    'NO (TRYLATER) "later"\r\n',
    'BYE\r\n',
    '{9}\r\n',
    'OK (SASL "dj0=")\r\n',
  ],
};

const kin = (protocol: Protocol): Protocol => (protocol === 'smtp' ? 'submission' : protocol);

/** Something that befalls a text on its way. Numbers are taken modulo its length. */
export type Mutation = (text: string, others: readonly string[]) => readonly string[];

const junk = fc.oneof(
  fc.constantFrom(
    '\0',
    '\r',
    '\n',
    '\r\n',
    '"',
    '{',
    '}',
    '{3+}\r\n',
    '(',
    '\\',
    ' ',
    '=',
    '\xff\xfe',
    '\x16\x03\x01\x02\x00',
  ),
  fc.uint8Array({ maxLength: 40 }).map((bytes) => Buffer.from(bytes).toString('latin1')),
);

const mutation: fc.Arbitrary<Mutation> = fc.oneof(
  { weight: 12, arbitrary: fc.constant<Mutation>((text) => [text]) },
  {
    weight: 1,
    arbitrary: fc.nat().map(
      (at): Mutation =>
        (text) => [text.slice(0, at % (text.length + 1))],
    ),
  },
  {
    weight: 2,
    arbitrary: fc.nat().map(
      (n): Mutation =>
        (text) => {
          const at = n % (text.length + 1);
          return [text.slice(0, at), text.slice(at)];
        },
    ),
  },
  { weight: 1, arbitrary: fc.constant<Mutation>((text) => [text + text]) },
  { weight: 1, arbitrary: fc.constant<Mutation>((text) => text.split('')) },
  {
    weight: 1,
    arbitrary: fc.tuple(fc.nat(), junk).map(
      ([n, more]): Mutation =>
        (text) => {
          const at = n % (text.length + 1);
          return [text.slice(0, at) + more + text.slice(at)];
        },
    ),
  },
  {
    weight: 1,
    arbitrary: fc.tuple(fc.nat(), fc.nat(255)).map(
      ([n, octet]): Mutation =>
        (text) => {
          const at = n % (text.length || 1);
          return [text.slice(0, at) + String.fromCharCode(octet) + text.slice(at + 1)];
        },
    ),
  },
  {
    weight: 1,
    arbitrary: fc.nat().map(
      (n): Mutation =>
        (text, others) => [text + others[n % others.length]!],
    ),
  },
  {
    weight: 1,
    arbitrary: fc.nat().map(
      (n): Mutation =>
        (_, others) => [others[n % others.length]!],
    ),
  },
  {
    weight: 1,
    arbitrary: junk.map(
      (text): Mutation =>
        () => [text],
    ),
  },
  { weight: 1, arbitrary: fc.constant<Mutation>(() => []) },
);

/** One session: what the client sends, and what befalls the backend's answers. */
export interface FuzzedSession {
  readonly protocol: Protocol;
  readonly client: readonly string[];
  /** For the nth thing the backend says, over and over. */
  readonly backend: readonly ((text: string) => readonly string[])[];
  /** Whose turn it is where both have something to say: true the client's. */
  readonly turns: readonly boolean[];
}

export function fuzzedSession(protocol: Protocol): fc.Arbitrary<FuzzedSession> {
  const said = commands[kin(protocol)];
  const answered = answers[kin(protocol)];
  const command = fc.tuple(fc.constantFrom(...said), mutation).map(([text, mutate]) => mutate(text, said));
  return fc
    .record({
      client: fc.array(command, { minLength: 1, maxLength: 12 }),
      backend: fc.array(mutation, { minLength: 1, maxLength: 8 }),
      turns: fc.array(fc.boolean(), { minLength: 1, maxLength: 8 }),
    })
    .map(({ client, backend, turns }) => ({
      protocol,
      client: client.flat(),
      backend: backend.map((mutate) => (text: string) => mutate(text, answered)),
      turns,
    }));
}

/** A backend that takes a fuzzed session's mutations: what it says, in pieces. It challenges whoever asks for CRAM-MD5, and offers all. */
export class MutatedServer {
  readonly #speech: Speech;
  readonly #mutations: FuzzedSession['backend'];
  #text = '';
  #nth = 0;

  constructor({ protocol, backend }: Pick<FuzzedSession, 'protocol' | 'backend'>) {
    this.#speech = speechOf(protocol);
    this.#mutations = backend;
  }

  greet(): readonly string[] {
    return this.#mutated(this.#offering(this.#speech.greeting));
  }

  /** @returns what it says to that */
  push(text: string): readonly string[] {
    this.#text += text;
    const said: string[] = [];
    for (let end = this.#text.indexOf('\r\n'); end >= 0; end = this.#text.indexOf('\r\n')) {
      const line = this.#text.slice(0, end);
      this.#text = this.#text.slice(end + 2);
      said.push(...this.#mutated(this.#answer(line)));
    }
    return said;
  }

  #answer(line: string): string {
    if (!/CRAM-MD5/.test(line)) return this.#offering(this.#speech.answer(line).text);
    const challenge = base64('<1@b>');
    switch (this.#speech.protocol) {
      case 'imap':
      case 'pop3':
        return `+ ${challenge}\r\n`;
      case 'sieve':
        return `"${challenge}"\r\n`;
      default:
        return `334 ${challenge}\r\n`;
    }
  }

  #offering(text: string): string {
    return text
      .replace('AUTH=PLAIN', 'AUTH=PLAIN AUTH=CRAM-MD5 LITERAL+')
      .replace(/((?:SASL|AUTH) "?PLAIN)/, '$1 CRAM-MD5')
      .replace('"SASL" "PLAIN', '"SASL" "PLAIN CRAM-MD5');
  }

  #mutated(text: string): readonly string[] {
    return this.#mutations[this.#nth++ % this.#mutations.length]!(text);
  }
}
