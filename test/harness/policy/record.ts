import { once } from 'node:events';
import { connect, type Socket } from 'node:net';
import { connect as connectTls } from 'node:tls';
import { type Dovecot, PASSWORD, startDovecot } from '../mail/dovecot.js';
import { startDovecot24 } from '../mail/dovecot24.js';
import { NONCE } from './dovecot.js';
import { http, type PolicyServer, type RawRequest, startPolicyServer } from './server.js';

/** A login, how the policy server answers the questions about it in turn, and what was asked. */
export interface RecordedLogin {
  readonly login: string;
  readonly answers: readonly object[];
  /** Session ids and hashes of the client's hello are crossed out, letter by letter; so are the port and the date. */
  readonly requests: readonly RawRequest[];
  /** The last line the client was told; capabilities are cut. */
  readonly told: string;
}

const plain = (user: string, password: string) => Buffer.from(`\0${user}\0${password}`).toString('base64');
const refuse = { status: -1, msg: 'Tried "too" often' };
const pass = { status: 0, msg: '' };

interface Played {
  readonly login: string;
  readonly port: keyof Dovecot['ports'];
  readonly lines: readonly string[];
  readonly answers: readonly object[];
  /** Is in the line that ends the login. */
  readonly end: RegExp;
}

const imap = /^b (OK|NO) .*\r\n/m;
const idList = '("name" "Mu\\"t\\\\t" "x" NIL "os" "a/b\u00e9")';

const everywhere: readonly Played[] = [
  {
    login: 'good',
    port: 'imap',
    lines: [`a ID ${idList}`, `b LOGIN U1 ${PASSWORD}`],
    answers: [pass, pass],
    end: imap,
  },
  { login: 'wrong password', port: 'imap', lines: ['b LOGIN u1 wrong'], answers: [pass], end: imap },
  { login: 'unknown user', port: 'imap', lines: ['b LOGIN nobody wrong'], answers: [pass], end: imap },
  { login: 'refused before', port: 'imap', lines: [`b LOGIN u1 ${PASSWORD}`], answers: [refuse], end: imap },
  { login: 'refused after', port: 'imap', lines: [`b LOGIN u1 ${PASSWORD}`], answers: [pass, refuse], end: imap },
  {
    login: 'refused without a message',
    port: 'imap',
    lines: [`b AUTHENTICATE PLAIN ${plain('u1', PASSWORD)}`],
    answers: [{ status: -1 }],
    end: imap,
  },
  {
    login: 'tarpit of a second',
    port: 'imap',
    lines: [`b LOGIN u1 ${PASSWORD}`],
    answers: [{ status: 1 }, { status: 60 }],
    end: imap,
  },
  { login: 'inside TLS', port: 'imaps', lines: [`b LOGIN u1 ${PASSWORD}`], answers: [pass, pass], end: imap },
  { login: 'pop3', port: 'pop3', lines: ['USER u1', `PASS ${PASSWORD}`], answers: [refuse], end: /^-ERR.*\r\n/m },
];

const only23: readonly Played[] = [
  {
    login: 'submission',
    port: 'submission',
    lines: ['EHLO client', `AUTH PLAIN ${plain('u1', PASSWORD)}`],
    answers: [refuse],
    end: /^5\d\d .*\r\n/m,
  },
  {
    login: 'sieve',
    port: 'sieve',
    lines: [`AUTHENTICATE "PLAIN" "${plain('u1', PASSWORD)}"`],
    answers: [refuse],
    end: /^NO .*\r\n/m,
  },
];

/** Lets Debian's Dovecot 2.3 ask about logins. Its settings are its own, but for the nonce and the address. */
export function recordDovecot23(): Promise<RecordedLogin[]> {
  return record([...everywhere, ...only23], async (url) => {
    const dovecot = await startDovecot({
      more: `auth_policy_server_url = ${url}\nauth_policy_hash_nonce = ${NONCE}\nauth_policy_server_api_header = X-Key: a key\n`,
    });
    return { ports: dovecot.ports, stop: dovecot.stop };
  });
}

/** Dovecot 2.4 has a JA3 of its own to tell. */
export function recordDovecot24(): Promise<RecordedLogin[]> {
  return record(everywhere, async (url) => {
    const dovecot = await startDovecot24({
      more: `
auth_policy_server_url = ${url}
auth_policy_hash_nonce = ${NONCE}
auth_policy_server_api_header = X-Key: a key
auth_policy_request_attributes {
  attrs/ssl_ja3 = %{ssl_ja3_hash}
}
`,
    });
    return { ports: dovecot.ports as Dovecot['ports'], stop: dovecot.stop };
  });
}

async function record(
  logins: readonly Played[],
  start: (url: string) => Promise<{ ports: Dovecot['ports']; stop: () => Promise<void> }>,
): Promise<RecordedLogin[]> {
  let answers: object[] = [];
  const policy = await startPolicyServer((request, socket) => {
    const answer = request.line.includes('allow') ? (answers.shift() ?? pass) : pass;
    socket.write(http(200, JSON.stringify(answer)));
  });
  const dovecot = await start(`http://us%40er:p%40w@127.0.0.1:${policy.port}/`);
  try {
    const recorded: RecordedLogin[] = [];
    for (const played of logins) {
      answers = [...played.answers];
      const before = policy.requests.length;
      const told = await play(dovecot.ports[played.port], played);
      await reported(policy, before);
      const requests = policy.requests.slice(before).map((request) => withoutHello(crossedOut(request)));
      recorded.push({ login: played.login, answers: played.answers, requests, told });
    }
    return recorded;
  } finally {
    await dovecot.stop();
    await policy.close();
  }
}

/** Waits for the report: it follows the answer to the client. */
export async function reported(policy: PolicyServer, from: number): Promise<void> {
  while (!policy.requests.slice(from).some(({ line }) => line.includes('report'))) {
    await new Promise((resolve) => setTimeout(resolve, 10));
  }
}

/** One line after the other, each when the last one was answered. */
async function play(port: number, { port: name, lines, end }: Played): Promise<string> {
  const socket: Socket = name.endsWith('s')
    ? connectTls({ port, host: '127.0.0.1', rejectUnauthorized: false })
    : connect(port, '127.0.0.1');
  let said = '';
  const waiting = [...lines];
  socket.on('data', (chunk: Buffer) => {
    said += chunk.toString('latin1');
    if (end.test(said)) socket.destroy();
    else if (said.endsWith('\r\n') && !said.endsWith(']\r\n')) {
      const line = waiting.shift();
      if (line !== undefined) socket.write(`${line}\r\n`, 'utf8');
    }
  });
  await once(socket, 'close');
  const [told = ''] = end.exec(said) ?? [];
  return told.trimEnd().replace(/\[CAPABILITY [^\]]*\]/, '[CAPABILITY]');
}

/** Without what differs from run to run; lengths stay. */
export function crossedOut({ line, headers, body }: RawRequest): RawRequest {
  const shown = (name: string, value: string) => {
    if (name === 'Date') return ' (a date)';
    return name === 'Host' ? value.replace(/(?<=:)\d+/, digits) : value;
  };
  return {
    line,
    headers: headers.map(([name, value]) => [name, shown(name, value)] as const),
    body: body
      .replace(/(?<="session_id":")[^"]*/, (id) => 'S'.repeat(id.length))
      .replace(/(?<="local_port":")[^"]*/, digits),
  };
}

const digits = (number: string) => '9'.repeat(number.length);

function withoutHello(request: RawRequest): RawRequest {
  return { ...request, body: request.body.replace(/(?<="ssl_ja3":")[^"]*/, (hash) => 'f'.repeat(hash.length)) };
}
