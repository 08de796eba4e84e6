import type { LineStyle } from '../../../src/login/index.js';
import { PASSWORD } from '../mail/dovecot.js';

/** What a client does before a Dovecot and before the proxy, and where the proxy's line differs on purpose. */
export interface Situation {
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

export type Part = 'head' | 'what' | 'why' | 'event' | 'order' | 'user' | 'method' | 'rip' | 'lip' | 'secured';
export type Parts = Partial<Record<Part, string>>;
export type Differences = Partial<Record<Part, readonly [dovecot: string | undefined, ours: string | undefined]>>;

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

export const situations: readonly Situation[] = [
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
