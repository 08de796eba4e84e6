import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { connect as connectTcp, createServer, type Socket } from 'node:net';
import { connect as connectTls } from 'node:tls';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type LineStyle, type LoginText, openLoginText } from '../../src/login/index.js';
import { imapServer, Lines, type ScriptedImap } from '../harness/imap-script.js';
import { backendWith, listenerWith, proxyOptions, startProxy, type TestProxy } from '../harness/login-proxy.js';
import { PASSWORD, startDovecot } from '../harness/mail/dovecot.js';
import { startDovecot24 } from '../harness/mail/dovecot24.js';
import { missing, without } from '../harness/mail/programs.js';
import { certificates } from '../harness/mail/proxy.js';
import { certificateIn, eventually, Folder } from '../harness/mail/running.js';
import { listen } from '../harness/tls-servers.js';

/**
 * The same clients before real Dovecots and before our proxy: what both log of them, element by element. Where ours differs on purpose the situation says how, and
 * docs/login-log.md why.
 */
interface Situation {
  readonly name: string;
  readonly service: 'imap' | 'pop3';
  /** `handshake`: what should be TLS is not. */
  readonly tls: 'implicit' | 'starttls' | 'none' | 'handshake';
  /** What the client sends, and the line of an answer it waits for; `end`: it closes. */
  readonly script: readonly (readonly [send: string, answer: RegExp] | 'end')[];
  /** Dovecot proxies too (the user's name is its backend's port); our backend is there, or nowhere. */
  readonly proxied?: 'scripted' | 'down';
  /** By the name of the part: Dovecot's and ours. */
  readonly differs?: Differences | Readonly<Record<LineStyle, Differences>>;
}

type Part = 'head' | 'what' | 'why' | 'event' | 'order' | 'user' | 'method' | 'rip' | 'lip' | 'secured';
type Parts = Partial<Record<Part, string>>;
type Differences = Partial<Record<Part, readonly [dovecot: string | undefined, ours: string | undefined]>>;

const plain = (user: string, password: string): string => Buffer.from(`\0${user}\0${password}`).toString('base64');
const TAGGED = /^[abc] /;
const BYE = /^\* BYE/;
/** Attempts are told when they fail, not when the client leaves. */
const failedBeforeEnd = { what: ['Connection closed', 'Authentication failed'] } as const;
/** Why a handshake came to nothing is said of every one, also where the client just left. */
const saidWhy = { what: ['Connection closed', 'Connection closed: …'] } as const;
const mpid = ['user method rip lip mpid TLS session', 'user method rip lip TLS session'] as const;

const noMethod = (method: string): Differences => ({
  method: [method, undefined],
  order: ['user method rip lip TLS session', 'user rip lip TLS session'],
});

const situations: readonly Situation[] = [
  {
    name: 'success, AUTHENTICATE PLAIN',
    service: 'imap',
    tls: 'implicit',
    script: [[`a AUTHENTICATE PLAIN ${plain('u1', PASSWORD)}`, TAGGED], 'end'],
    differs: { order: mpid },
  },
  {
    name: 'success, LOGIN',
    service: 'imap',
    tls: 'implicit',
    script: [
      [`a LOGIN u1 ${PASSWORD}`, TAGGED],
      ['b LOGOUT', TAGGED],
    ],
    differs: { order: mpid },
  },
  {
    name: 'success behind STARTTLS',
    service: 'imap',
    tls: 'starttls',
    script: [
      [`a LOGIN u1 ${PASSWORD}`, TAGGED],
      ['b LOGOUT', TAGGED],
    ],
    differs: { order: mpid },
  },
  {
    name: 'success, POP3',
    service: 'pop3',
    tls: 'implicit',
    script: [
      ['USER u1', /^\+OK/],
      [`PASS ${PASSWORD}`, /^\+OK/],
      ['QUIT', /^\+OK/],
    ],
    differs: { order: mpid },
  },
  {
    name: 'success after a wrong password',
    service: 'imap',
    tls: 'implicit',
    script: [
      ['a LOGIN u1 wrong', TAGGED],
      [`b LOGIN u1 ${PASSWORD}`, TAGGED],
      ['c LOGOUT', TAGGED],
    ],
    differs: { order: mpid },
  },
  {
    name: 'wrong password',
    service: 'imap',
    tls: 'implicit',
    script: [[`a AUTHENTICATE PLAIN ${plain('u1', 'wrong')}`, TAGGED], 'end'],
    differs: failedBeforeEnd,
  },
  {
    name: 'wrong password, then LOGOUT',
    service: 'imap',
    tls: 'implicit',
    script: [
      ['a LOGIN u1 wrong', TAGGED],
      ['b LOGOUT', TAGGED],
    ],
    differs: {
      '2.3': { what: ['Aborted login by logging out', 'Authentication failed'] },
      '2.4': { what: ['Logged out', 'Authentication failed'] },
    },
  },
  {
    name: 'wrong password twice',
    service: 'imap',
    tls: 'implicit',
    script: [['a LOGIN u1 wrong', TAGGED], ['b LOGIN u2 wrong', TAGGED], 'end'],
    differs: failedBeforeEnd,
  },
  {
    name: 'wrong password, POP3',
    service: 'pop3',
    tls: 'implicit',
    script: [['USER u1', /^\+OK/], ['PASS wrong', /^-ERR/], 'end'],
    differs: failedBeforeEnd,
  },
  {
    name: 'unknown user',
    service: 'imap',
    tls: 'implicit',
    script: [['a LOGIN nobody-here wrong', TAGGED], 'end'],
    differs: failedBeforeEnd,
  },
  {
    name: 'a long name with a letter of two bytes where it is cut',
    service: 'imap',
    tls: 'implicit',
    script: [[`a AUTHENTICATE PLAIN ${plain(`${'x'.repeat(76)}ä${'z'.repeat(20)}`, 'wrong')}`, TAGGED], 'end'],
    differs: failedBeforeEnd,
  },
  {
    name: 'a name with a control character',
    service: 'imap',
    tls: 'implicit',
    script: [[`a AUTHENTICATE PLAIN ${plain('a\x07b', 'wrong')}`, TAGGED], 'end'],
    differs: failedBeforeEnd,
  },
  {
    name: 'a name that looks like the end of one',
    service: 'imap',
    tls: 'implicit',
    script: [[`a AUTHENTICATE PLAIN ${plain('a>b', 'wrong')}`, TAGGED], 'end'],
    differs: { ...failedBeforeEnd, user: ['a>b', 'a?b'] },
  },
  {
    name: 'no auth attempts',
    service: 'imap',
    tls: 'implicit',
    script: ['end'],
  },
  { name: 'no auth attempts, in clear', service: 'imap', tls: 'none', script: ['end'] },
  { name: 'no auth attempts, POP3', service: 'pop3', tls: 'implicit', script: ['end'] },
  { name: 'LOGOUT before login', service: 'imap', tls: 'implicit', script: [['a LOGOUT', TAGGED]] },
  { name: 'QUIT before login', service: 'pop3', tls: 'implicit', script: [['QUIT', /^\+OK/]] },
  { name: 'no TLS where there must be', service: 'imap', tls: 'handshake', script: [['hello, this is no TLS', /^$/]] },
  { name: 'gone before TLS', service: 'imap', tls: 'handshake', script: ['end'], differs: saidWhy },
  { name: 'gone at STARTTLS', service: 'imap', tls: 'none', script: [['a STARTTLS', TAGGED], 'end'], differs: saidWhy },
  {
    name: 'disallowed cleartext, AUTHENTICATE',
    service: 'imap',
    tls: 'none',
    script: [[`a AUTHENTICATE PLAIN ${plain('u1', PASSWORD)}`, TAGGED], 'end'],
    differs: {
      '2.3': { what: ['Connection closed', 'Plaintext authentication disabled'] },
      '2.4': { what: ['Connection closed', 'Cleartext authentication disabled'] },
    },
  },
  {
    name: 'disallowed cleartext, LOGIN',
    service: 'imap',
    tls: 'none',
    script: [[`a LOGIN u1 ${PASSWORD}`, TAGGED], 'end'],
    differs: {
      '2.3': {
        what: ['Connection closed', 'Plaintext authentication disabled'],
        why: ['auth failed, 1 attempts in N secs', 'tried to use disallowed plaintext auth'],
        method: [undefined, 'PLAIN'],
        order: ['user rip lip session', 'user method rip lip session'],
      },
      '2.4': {
        what: ['Connection closed', 'Cleartext authentication disabled'],
        why: ['auth failed, 1 attempts in N secs', 'tried to use disallowed cleartext auth, 1 attempts in N secs'],
        event: ['auth_failed', 'cleartext_auth_disabled'],
        method: [undefined, 'PLAIN'],
        order: ['user rip lip session', 'user method rip lip session'],
      },
    },
  },
  {
    name: 'too many bad commands',
    service: 'imap',
    tls: 'implicit',
    script: [
      ['a FOO', TAGGED],
      ['b FOO', TAGGED],
      ['c FOO', BYE],
    ],
  },
  {
    name: 'too many bad commands, POP3',
    service: 'pop3',
    tls: 'implicit',
    script: [
      ['FOO', /^-ERR/],
      ['FOO', /^-ERR/],
      ['FOO', /^-ERR Too/],
    ],
  },
  {
    name: 'authentication given up',
    service: 'imap',
    tls: 'implicit',
    script: [['a AUTHENTICATE PLAIN', /^\+/], ['*', TAGGED], 'end'],
    differs: { what: ['Connection closed', 'Aborted'] },
  },
  {
    name: 'gone inside the authentication',
    service: 'imap',
    tls: 'implicit',
    script: [['a AUTHENTICATE PLAIN', /^\+/], 'end'],
    // To the proxy it is no attempt before there is something to try.
    differs: {
      '2.3': {
        why: ["client didn't finish SASL auth, waited N secs", 'no auth attempts in N secs'],
        ...noMethod('PLAIN'),
      },
      '2.4': {
        why: ["client didn't finish SASL auth, 1 attempts in N secs", 'no auth attempts in N secs'],
        event: ['auth_waiting_client', 'no_auth_attempts'],
        ...noMethod('PLAIN'),
      },
    },
  },
  {
    name: 'unknown mechanism',
    service: 'imap',
    tls: 'implicit',
    script: [['a AUTHENTICATE FOOBAR', TAGGED], 'end'],
    differs: { what: ['Connection closed', 'Unsupported authentication mechanism'], ...noMethod('FOOBAR') },
  },
  {
    name: 'invalid base64',
    service: 'imap',
    tls: 'implicit',
    script: [['a AUTHENTICATE PLAIN !!!', TAGGED], 'end'],
    differs: { what: ['Connection closed', 'Invalid base64 in response'] },
  },
  {
    name: 'input buffer full',
    service: 'imap',
    tls: 'implicit',
    script: [[`a LOGIN ${'x'.repeat(20_000)}`, BYE]],
    // 2.4.1 takes the connection for one that had to go because there were too many.
    differs: {
      '2.3': {},
      '2.4': {
        why: [
          'client_limit and process_limit was hit and this login session was killed.',
          'no auth attempts in N secs',
        ],
        event: ['process_full', 'no_auth_attempts'],
      },
    },
  },
  {
    name: 'proxied, and the backend is down',
    service: 'imap',
    tls: 'implicit',
    proxied: 'down',
    script: [['a LOGIN PORT wrong', TAGGED], 'end'],
    differs: {
      '2.3': {
        what: ['Connection closed', 'Backend failed'],
        why: ['internal failure, 1 successful auths', 'internal failure, 0 successful auths'],
      },
      '2.4': {
        what: ['Connection closed', 'Backend failed'],
        why: [
          'proxy dest connection failed, 1/1 successful auths in N secs',
          'proxy dest connection failed, 0/1 successful auths in N secs',
        ],
      },
    },
  },
  {
    name: 'proxied, and the backend says no',
    service: 'imap',
    tls: 'implicit',
    proxied: 'scripted',
    script: [['a LOGIN PORT wrong', TAGGED], 'end'],
    differs: {
      '2.3': {
        what: ['Connection closed', 'Authentication failed'],
        why: ['proxy dest auth failed', 'auth failed, 1 attempts in N secs'],
      },
      '2.4': {
        what: ['Connection closed', 'Authentication failed'],
        why: ['proxy dest authentication failure, 1/1 successful auths in N secs', 'auth failed, 1 attempts in N secs'],
        event: ['proxy_dest_auth_failed', 'auth_failed'],
      },
    },
  },
];

const CLIENT = '127.0.0.9';

async function play({ tls, script }: Situation, port: number, user: string): Promise<void> {
  let socket: Socket = connectTcp({ port, host: '127.0.0.1', localAddress: CLIENT });
  socket.on('error', () => {});
  await once(socket, 'connect');
  if (tls === 'starttls') {
    const clear = new Lines(socket);
    await clear.until(/^\* OK/);
    clear.send('s STARTTLS\r\n');
    await clear.until(/^s OK/);
  }
  if (tls === 'implicit' || tls === 'starttls') {
    socket = connectTls({ socket, rejectUnauthorized: false });
    socket.on('error', () => {});
    await once(socket, 'secureConnect');
  }
  const lines = new Lines(socket);
  if (tls !== 'handshake' && tls !== 'starttls') await lines.until(/^(?:\* OK|\+OK)/);
  for (const step of script) {
    if (step === 'end') {
      socket.end();
      continue;
    }
    lines.send(`${step[0].replace('PORT', user)}\r\n`);
    // To what is no TLS there is no answer but the end.
    if (tls !== 'handshake') await lines.until(step[1]);
  }
  socket.resume();
  if (!socket.closed) await once(socket, 'close');
}

/** What both write about a connection's end; what Dovecot says besides, while it goes on, is its own. */
const ABOUT_LOGIN = /-login: Info: (?:Logged in|Login|Login aborted: .*|Disconnected: .*): user=</;

/** `Dec 01 00:00:00 imap-login: Info: Login aborted: WHAT (WHY) (EVENT): user=<…>, …` */
function partsOf(line: string): Parts {
  const [, said = '', elements = ''] = /-login: Info: (.*?): (user=<.*)$/.exec(line) ?? [];
  const [, head, what, why, event] =
    /^(Logged in|Login aborted|Login|Disconnected)(?:: (.*?) \(([^()]*)\)(?: \(([a-z0-9_]+)\))?)?$/.exec(said) ?? [];
  const pairs = elements.split(', ').map((element) => /^(\w+)(?:=<?(.*?)>?)?$/.exec(element) ?? [element, element]);
  const values = Object.fromEntries(pairs.map(([, key, value]) => [key, value]));
  const secured = elements.split(', ').find((element) => element.startsWith('TLS'));
  return {
    // What went wrong is OpenSSL's word there, and the reader's of hellos here.
    ...(head !== undefined && { head }),
    ...(what !== undefined && { what: what.replace(/^Connection closed: .*/, 'Connection closed: …') }),
    ...(why !== undefined && { why: why.replace(/\b(in|waited) \d+ secs/, '$1 N secs') }),
    ...(event !== undefined && { event }),
    order: pairs.map(([whole, key]) => (whole?.startsWith('TLS') ? 'TLS' : key)).join(' '),
    ...Object.fromEntries(
      ['user', 'method', 'rip', 'lip'].flatMap((key) => (values[key] === undefined ? [] : [[key, values[key]]])),
    ),
    ...(secured !== undefined && { secured: secured.replace(/^TLS handshaking: .*/, 'TLS handshaking: …') }),
  };
}

/** What is expected of ours: Dovecot's, but where it differs on purpose; and that Dovecot's is as the difference says. */
function changed(theirs: Parts, differs: Differences): Parts {
  const wanted: Parts = { ...theirs };
  for (const [part, [dovecots, ours]] of Object.entries(differs) as [Part, readonly [string?, string?]][]) {
    expect([part, theirs[part]]).toEqual([part, dovecots]);
    if (ours === undefined) delete wanted[part];
    else wanted[part] = ours;
  }
  return wanted;
}

interface RunningDovecot {
  readonly ports: Readonly<Record<'imap' | 'imaps' | 'pop3' | 'pop3s', number>>;
  log(): string;
  stop(): Promise<void>;
}

interface Version {
  readonly style: LineStyle;
  readonly lacks: string;
  readonly start: () => Promise<RunningDovecot>;
}

const versions: readonly Version[] = [
  {
    style: '2.3',
    lacks: missing.dovecot,
    start: () =>
      startDovecot({
        more: `disable_plaintext_auth = yes
login_log_format_elements = user=<%u> method=%m rip=%r lip=%l mpid=%e %c session=<%{session}>
passdb {
  driver = static
  username_filter = 1* 2* 3* 4* 5* 6*
  args = nopassword=y proxy=y host=127.0.0.1 port=%u
}
`,
      }),
  },
  {
    style: '2.4',
    lacks: missing.dovecot24,
    start: () =>
      startDovecot24({
        more: `auth_allow_cleartext = no
login_log_format_elements = user=<%{user}> method=%{mechanism} rip=%{remote_ip} lip=%{local_ip} mpid=%{mail_pid} %{secured} session=<%{session}>
passdb static {
  username_filter = 1* 2* 3* 4* 5* 6*
  fields {
    nopassword = y
    proxy = y
    host = 127.0.0.1
    port = %{user}
  }
}
`,
      }),
  },
];

const ELEMENTS = 'user=<%u> method=%m rip=%r lip=%l mpid=%e %c session=<%{session}>';

for (const { style, lacks, start } of versions) {
  describe.skipIf(lacks !== '')(`login lines beside those of a Dovecot ${style}${without(lacks)}`, () => {
    let dovecot: RunningDovecot;
    let scripted: ScriptedImap;
    let down: number;
    let folder: Folder;
    let text: LoginText;
    let proxy: TestProxy;
    /** Of the proxy's listeners. */
    let ports: Readonly<Record<string, number>>;

    beforeAll(async () => {
      dovecot = await start();
      scripted = await imapServer();
      const unused = createServer();
      down = await listen(unused);
      await new Promise((resolve) => unused.close(resolve));
      folder = new Folder();
      text = openLoginText({ target: { file: folder.at('log') }, style, elements: ELEMENTS, openssl: '3.0', pid: 1 });
      const certificate = certificates(certificateIn(folder));
      const names: string[] = [];
      const listeners = [
        ...(['imap', 'pop3'] as const).flatMap((protocol) =>
          (['implicit', 'starttls'] as const).map((tls) => ({
            name: `${protocol} ${tls}`,
            protocol,
            tls,
            backend: protocol,
          })),
        ),
        { name: 'scripted', protocol: 'imap', tls: 'implicit', backend: 'scripted' } as const,
        { name: 'down', protocol: 'imap', tls: 'implicit', backend: 'down' } as const,
      ].map(({ name, protocol, tls, backend }) => {
        names.push(name);
        return listenerWith({ name, protocol, tls, certificates: certificate, route: { by: 'static', backend } });
      });
      proxy = await startProxy(
        proxyOptions(
          listeners,
          [
            backendWith(dovecot.ports.imap, { name: 'imap' }),
            backendWith(dovecot.ports.pop3, { name: 'pop3' }),
            backendWith(scripted.port, { name: 'scripted' }),
            backendWith(down, { name: 'down' }),
          ],
          { limits: { maxBadCommands: 3, maxLine: 1024 } },
        ),
        { log: text },
      );
      ports = Object.fromEntries(names.map((name, at) => [name, proxy.ports[at]!]));
    });

    afterAll(async () => {
      await proxy.close();
      text.close();
      folder.remove();
      await scripted.close();
      await dovecot.stop();
    });

    /** The line of a situation: the last that was written when it is over. */
    async function lineAfter(log: () => string, act: () => Promise<void>): Promise<string> {
      const before = log().length;
      await act();
      const lines = () =>
        log()
          .slice(before)
          .split('\n')
          .slice(0, -1)
          .filter((line) => ABOUT_LOGIN.test(line) && line.includes(`rip=${CLIENT}`));
      await eventually('a login line', () => lines().length > 0, log);
      return lines().at(-1)!;
    }

    for (const situation of situations) {
      const { name, service, tls, proxied, differs = {} } = situation;
      it(name, async () => {
        const user = String(proxied === 'down' ? down : scripted.port);
        const inside = tls === 'implicit' || tls === 'handshake';
        const theirs = await lineAfter(
          () => dovecot.log(),
          () => play(situation, dovecot.ports[inside ? (`${service}s` as const) : service], user),
        );
        const listener = proxied ?? `${service} ${inside ? 'implicit' : 'starttls'}`;
        const ours = await lineAfter(
          () => readFileSync(folder.at('log'), 'utf8'),
          () => play(situation, ports[listener]!, user),
        );
        const own = '2.3' in differs ? differs[style] : (differs as Differences);
        expect(partsOf(ours)).toEqual(changed(partsOf(theirs), own));
      });
    }
  });
}
