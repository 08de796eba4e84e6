import { createServer, type Socket } from 'node:net';
import type { Protocol } from '../../src/proxy/index.js';
import { closer, listen } from './tls-servers.js';

const base64 = (text: string): string => Buffer.from(text, 'latin1').toString('base64');

/** How a mail server and its client talk up to the login: just enough of it for faults. */
export interface Speech {
  readonly protocol: Protocol;
  /** What a server says first. `u` with the password `p` may in. */
  readonly greeting: string;
  /** What it answers before the login; null: the user is in, and this was said. */
  readonly answer: (line: string) => { readonly text: string; readonly loggedIn?: boolean };
  /** What a client says to log in, and the last line of each answer. */
  readonly login: (user: string, password: string) => readonly (readonly [command: string, answered: RegExp])[];
  /** The end of the greeting. */
  readonly greeted: RegExp;
  readonly succeeded: RegExp;
  readonly failed: RegExp;
  /** The protocol's own temporary error, as an answer to a login. */
  readonly unavailable: RegExp;
  /** The client's wish for TLS, and the go-ahead. */
  readonly starttls: readonly [command: string, goAhead: RegExp];
  /** What the server says when there is TLS before it is asked (ManageSieve). */
  readonly securedGreeting: string;
}

const good = base64('\0u\0p');
const CAPABILITY = 'IMAP4rev1 SASL-IR ID AUTH=PLAIN';
const sieveCapabilities = '"IMPLEMENTATION" "test"\r\n"SASL" "PLAIN"\r\n"SIEVE" "fileinto"\r\n';

const imap: Speech = {
  protocol: 'imap',
  greeting: `* OK [CAPABILITY ${CAPABILITY} STARTTLS] ready\r\n`,
  answer: (line) => {
    const [tag = '', command = '', , initial] = line.split(' ');
    if (command === 'CAPABILITY') return { text: `* CAPABILITY ${CAPABILITY}\r\n${tag} OK done\r\n` };
    if (command === 'ID') return { text: `* ID NIL\r\n${tag} OK done\r\n` };
    if (command === 'STARTTLS') return { text: `${tag} OK begin\r\n` };
    if (command !== 'AUTHENTICATE') return { text: `${tag} BAD what?\r\n` };
    if (initial === good) return { text: `${tag} OK [CAPABILITY IMAP4rev1] in\r\n`, loggedIn: true };
    return { text: `${tag} NO [AUTHENTICATIONFAILED] Authentication failed.\r\n` };
  },
  login: (user, password) => [[`l LOGIN ${user} ${password}\r\n`, /^l /]],
  greeted: /^\* OK/,
  succeeded: /^l OK /,
  failed: /^l NO \[AUTHENTICATIONFAILED\]/,
  unavailable: /^l NO \[UNAVAILABLE\]/,
  starttls: ['s STARTTLS\r\n', /^s OK/],
  securedGreeting: '',
};

const pop3: Speech = {
  protocol: 'pop3',
  greeting: '+OK ready <1896.697170952@backend.test>\r\n',
  answer: (line) => {
    if (line === 'CAPA') return { text: '+OK\r\nSASL PLAIN\r\nUSER\r\nSTLS\r\n.\r\n' };
    if (line === 'STLS') return { text: '+OK begin\r\n' };
    if (line.startsWith('USER ')) return { text: '+OK\r\n' };
    if (line === `AUTH PLAIN ${good}` || line === 'PASS p' || line.startsWith('APOP u ')) {
      return { text: '+OK in\r\n', loggedIn: true };
    }
    return { text: line.startsWith('AUTH ') ? '-ERR [AUTH] Authentication failed.\r\n' : '-ERR what?\r\n' };
  },
  login: (user, password) => [
    [`USER ${user}\r\n`, /^\+OK/],
    [`PASS ${password}\r\n`, /^(?:\+OK|-ERR)/],
  ],
  greeted: /^\+OK/,
  succeeded: /^\+OK/,
  failed: /^-ERR \[AUTH\]/,
  unavailable: /^-ERR \[SYS\/TEMP\]/,
  starttls: ['STLS\r\n', /^\+OK/],
  securedGreeting: '',
};

function smtp(protocol: 'smtp' | 'submission'): Speech {
  return {
    protocol,
    greeting: '220 backend.test ESMTP\r\n',
    answer: (line) => {
      if (line.startsWith('EHLO ')) return { text: '250-backend.test\r\n250-STARTTLS\r\n250 AUTH PLAIN\r\n' };
      if (line === 'STARTTLS') return { text: '220 begin\r\n' };
      if (line === `AUTH PLAIN ${good}`) return { text: '235 2.7.0 in\r\n', loggedIn: true };
      return { text: line.startsWith('AUTH ') ? '535 5.7.8 Authentication failed.\r\n' : '500 what?\r\n' };
    },
    login: (user, password) => [
      ['EHLO client.test\r\n', /^250 /],
      [`AUTH PLAIN ${base64(`\0${user}\0${password}`)}\r\n`, /^\d+ /],
    ],
    greeted: /^220 /,
    succeeded: /^235 /,
    failed: /^535 /,
    unavailable: /^454 4\.7\.0 /,
    starttls: ['STARTTLS\r\n', /^220 /],
    securedGreeting: '',
  };
}

const sieve: Speech = {
  protocol: 'sieve',
  greeting: `${sieveCapabilities}"STARTTLS"\r\nOK "ready"\r\n`,
  answer: (line) => {
    if (line === 'STARTTLS') return { text: 'OK "begin"\r\n' };
    if (line === 'CAPABILITY') return { text: `${sieveCapabilities}OK\r\n` };
    if (line === `AUTHENTICATE "PLAIN" "${good}"`) return { text: 'OK "in"\r\n', loggedIn: true };
    return { text: 'NO "Authentication failed."\r\n' };
  },
  login: (user, password) => [[`AUTHENTICATE "PLAIN" "${base64(`\0${user}\0${password}`)}"\r\n`, /^(?:OK|NO|BYE)/]],
  greeted: /^OK/,
  succeeded: /^OK/,
  failed: /^NO (?!\()/,
  unavailable: /^NO \(TRYLATER\)/,
  starttls: ['STARTTLS\r\n', /^OK/],
  securedGreeting: `${sieveCapabilities}OK "secured"\r\n`,
};

export const speeches: readonly Speech[] = [imap, pop3, smtp('submission'), smtp('smtp'), sieve];

export const speechOf = (protocol: Protocol): Speech => speeches.find((speech) => speech.protocol === protocol)!;

/** What a backend does in place of an answer. */
export type Fault = (socket: Socket) => void;

export const faults = {
  'says nothing': () => {},
  'closes its side': (socket) => void socket.end(),
  closes: (socket) => void socket.destroy(),
  'resets the connection': (socket) => void socket.resetAndDestroy(),
  'says half of a line': (socket) => void socket.write('* O'),
  'says what no such server says': (socket) => void socket.write('\0\xff what is this?\r\n\r\n', 'latin1'),
  'never comes to an end': (socket) => {
    const more = () => {
      while (!socket.destroyed && socket.write('* x'.repeat(2000)));
    };
    socket.on('drain', more);
    more();
  },
} as const satisfies Readonly<Record<string, Fault>>;

/** A backend that speaks, and fails where it is told to. */
export interface SpeakingBackend {
  readonly port: number;
  /** Lines it was told. */
  readonly said: string[];
  /** Connections that are open, and that have come. */
  readonly sockets: Set<Socket>;
  count: number;
  /** The nth thing it has to say on a connection (0: the greeting), and what it does instead; null: nothing is wrong with it. */
  fault: { readonly at: number; readonly does: Fault } | null;
  /** Resolves when it has no connection. */
  readonly deserted: () => Promise<void>;
  /** Resolves at the next line that fits. */
  readonly hears: (line: RegExp) => Promise<void>;
  readonly close: () => Promise<void>;
}

/** @param inside what it does with a connection once its user is in; else every line is answered with itself */
export async function speakingBackend(
  speech: Speech,
  inside: (socket: Socket) => void = () => {},
): Promise<SpeakingBackend> {
  const said: string[] = [];
  const sockets = new Set<Socket>();
  let desertedBy: (() => void)[] = [];
  const listeners = new Set<(line: string) => void>();
  const server = createServer({ allowHalfOpen: true }, (socket) => {
    backend.count++;
    sockets.add(socket);
    socket.on('error', () => {}); // the proxy may reset it
    socket.on('close', () => {
      sockets.delete(socket);
      if (sockets.size > 0) return;
      for (const resolve of desertedBy) resolve();
      desertedBy = [];
    });
    const { fault } = backend;
    let nth = 0;
    let text = '';
    let loggedIn = false;
    const say = (words: string): void => {
      if (nth++ === fault?.at) fault.does(socket);
      else if (fault === null || nth <= fault.at) socket.write(words, 'latin1');
    };
    say(speech.greeting);
    const onData = (chunk: Buffer): void => {
      text += chunk.toString('latin1');
      for (let end = text.indexOf('\r\n'); end >= 0; end = text.indexOf('\r\n')) {
        const line = text.slice(0, end);
        text = text.slice(end + 2);
        said.push(line);
        for (const hear of listeners) hear(line);
        if (loggedIn) {
          socket.write(`echo ${line}\r\n`, 'latin1');
          continue;
        }
        const answer = speech.answer(line);
        say(answer.text);
        loggedIn = answer.loggedIn === true;
        if (loggedIn) inside(socket);
      }
    };
    socket.on('data', onData);
    socket.on('end', () => socket.end());
  });
  const backend: SpeakingBackend = {
    port: await listen(server),
    said,
    sockets,
    count: 0,
    fault: null,
    deserted: () =>
      new Promise((resolve) => {
        if (sockets.size === 0) resolve();
        else desertedBy.push(resolve);
      }),
    hears: (pattern) =>
      new Promise((resolve) => {
        const hear = (line: string): void => {
          if (!pattern.test(line)) return;
          listeners.delete(hear);
          resolve();
        };
        listeners.add(hear);
      }),
    close: closer(server),
  };
  return backend;
}
